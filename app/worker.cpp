#include "app/worker.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/exit_code.h"
#include "app/progress.h"
#include "app/signals.h"
#include "app/version.h"
#include "base/parallel.h"
#include "run/execute.h"
#include "runtime/plan.h"
#include "tracking/answers.h"
#include "tracking/file_hashes.h"
#include "tracking/kept_models.h"
#include "tracking/recorder.h"

namespace quantrail::app {
namespace {

/// Tells the terminal, and the store's readers through the lease.
class WorkerObserver final : public RunObserver {
 public:
  WorkerObserver(const WorkerOutput& output, tracking::ProgressMeter& meter)
      : printer_(output.out, output.terminal), meter_(meter) {}

  void on_event(const RunEvent& event) noexcept override {
    try {
      if (const auto* started = std::get_if<StepStarted>(&event)) {
        meter_.start(started->name, static_cast<std::int64_t>(started->total), started->unit);
      } else if (const auto* progress = std::get_if<StepProgress>(&event)) {
        meter_.advance(static_cast<std::int64_t>(progress->done), static_cast<std::int64_t>(progress->total));
      }
    } catch (...) {
      // Display only; the printer below still gets its turn.
    }
    printer_.on_event(event);
  }

 private:
  ProgressPrinter printer_;
  tracking::ProgressMeter& meter_;
};

constexpr int kReleaseTries = 15;  // within the 20 s that a stopped worker has

/// How the attempt ends in the store.
struct Ending {
  tracking::RunState state = tracking::RunState::Failed;
  std::string reason{};
  int code = kFailed;
};

/// The threads that the recorded configuration of the run means.
std::size_t recorded_threads(const tracking::Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  const auto details = runs ? runs->show(id) : failed(runs);
  const auto config =
      details ? parse_config(details->config_json, "/", "the run's configuration", {}) : failed(details);
  return config ? threads_of(*config) : default_threads();
}

Ending ending_of(const Result<RunResult>& result, bool asked) {
  if (result) return {tracking::RunState::Done, "", exit_code(result->outcome)};
  const Error& error = result.error();
  // What the run works on is gone or differs: nothing of the run is lost, and it goes on when that is put right.
  const bool mendable = error.cause == Cause::InvalidInput;
  if (mendable) return {tracking::RunState::Interrupted, error.message, exit_code(error.cause)};
  if (error.cause != Cause::Cancelled) return {tracking::RunState::Failed, error.message, exit_code(error.cause)};
  const std::string signal = StopOnSignals::received();
  const std::string reason = !signal.empty() ? fmt::format("stopped by {}", signal)
                             : asked         ? "stopped on request"
                                             : "stopped";
  return {tracking::RunState::Interrupted, reason, kStopped};
}

/// A full disk may have room again in a moment; a run that cannot write how it ended shows as killed, and is resumable.
Status released_patiently(tracking::Lease& lease, const Ending& ending) {
  Status released = lease.release(ending.state, ending.reason);
  for (int again = 0; again < kReleaseTries && !released && released.error().cause == Cause::Blocked; ++again) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    released = lease.release(ending.state, ending.reason);
  }
  return released;
}

Result<RunResult> executed(const tracking::Store& store, const Prepared& p, tracking::Lease& lease,
                           const WorkerOutput& output, const std::stop_token& stop) {
  auto answers = tracking::Answers::open(store);
  if (!answers) return failed(answers);
  auto recorder = tracking::Recorder::open(store, lease.owner());
  if (!recorder) return failed(recorder);
  if (p.calibration) {
    if (auto same = (*recorder)->data("calibration", p.calibration->fingerprint(), p.calibration->size()); !same)
      return failed(same);
  }
  if (p.validation) {
    if (auto same = (*recorder)->data("validation", p.validation->fingerprint(), p.validation->size()); !same)
      return failed(same);
  }
  WorkerObserver observer(output, lease.progress());
  for (const auto& note : p.notes) {
    if (auto noted = (*recorder)->note(note); !noted) return failed(noted);
    observer.on_event(Noted{note});
  }
  return execute(inputs_of(p), **answers, **recorder, observer, stop);
}

Result<RunResult> prepared_and_executed(const tracking::Store& store, std::int64_t id, const Prepared* ready,
                                        tracking::Lease& lease, const WorkerOutput& output,
                                        const std::stop_token& stop) {
  if (ready != nullptr) return executed(store, *ready, lease, output, stop);
  auto runs = tracking::Runs::open(store);
  if (!runs) return failed(runs);
  const auto details = runs->show(id);
  if (!details) return failed(details);
  const auto p = prepared_again(store, *details, Purpose::Run);
  if (!p) return failed(p);
  return executed(store, *p, lease, output, stop);
}

}  // namespace

FileHasher remembering_hasher(const tracking::Store& store) {
  auto opened = tracking::FileHashes::open(store);
  if (!opened) return sha256_file;  // slower, not wrong
  return [hashes = std::shared_ptr<tracking::FileHashes>(std::move(*opened))](const std::filesystem::path& path) {
    return hashes->digest(path);
  };
}

std::string environment_json(std::size_t threads) {
  const RuntimeInfo info = runtime_info();
  return nlohmann::json{{"version", kVersion},
                        {"backend", info.backend},
                        {"instruction_set", info.isa},
                        {"numerics_revision", info.numerics_revision},
                        {"threads", threads}}
      .dump();
}

Result<Prepared> prepared_again(const tracking::Store& store, const tracking::RunDetails& details, Purpose purpose) {
  const std::string name = fmt::format("configuration of run {}", details.summary.id);
  auto config = parse_config(details.config_json, "/", name, {});
  if (!config) return failed(config);
  auto model = tracking::base_model(store, details.model_hash, details.model_path);
  if (!model) return failed(model);
  return prepared(std::move(*config), purpose, remembering_hasher(store), std::move(*model));
}

int work(const tracking::Store& store, std::int64_t id, const Prepared* ready, const WorkerOutput& output) {
  std::stop_source stop;
  std::atomic<bool> asked = false;
  const StopOnSignals signals(stop);
  tracking::LeaseOptions options;
  options.environment_json =
      environment_json(ready != nullptr ? threads_of(ready->config) : recorded_threads(store, id));
  options.log_path = output.log_path;
  options.on_lost = [&stop] { stop.request_stop(); };
  options.on_request = [&](const tracking::Request& request) {
    if (request.verb != tracking::Verb::Stop) return;
    asked = true;
    stop.request_stop();
  };
  auto lease = tracking::Lease::acquire(store, id, options);
  if (!lease) return complained(lease.error());
  const auto result = prepared_and_executed(store, id, ready, **lease, output, stop.get_token());
  const Ending ending = ending_of(result, asked);
  if (!result && result.error().cause != Cause::Cancelled) (void)complained(result.error());
  if (const auto released = released_patiently(**lease, ending); !released) {
    const int code = complained(released.error());
    return ending.code == kStopped ? kStopped : code;
  }
  if (ending.code == kStopped) {
    fmt::print(output.out, "run {} {}; `quantrail resume {}` goes on with it\n", id, ending.reason, id);
  }
  return ending.code;
}

}  // namespace quantrail::app
