#include "app/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "app/exit_code.h"
#include "app/machine.h"
#include "app/notify.h"
#include "app/progress.h"
#include "app/signals.h"
#include "app/version.h"
#include "base/parallel.h"
#include "base/text.h"
#include "run/execute.h"
#include "run/patience.h"
#include "run/pausable_answers.h"
#include "runtime/plan.h"
#include "tracking/answers.h"
#include "tracking/file_hashes.h"
#include "tracking/kept_models.h"
#include "tracking/queue.h"
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

/// `mendable`: what the run works on is gone or differs. Nothing of the run is lost, and it goes on when that is put
/// right.
Ending ending_of(const Result<RunResult>& result, bool mendable, bool asked) {
  if (result) return {tracking::RunState::Done, "", exit_code(result->outcome)};
  const Error& error = result.error();
  if (mendable) return {tracking::RunState::Interrupted, error.message, exit_code(error.cause)};
  if (error.cause == Cause::Blocked) return {tracking::RunState::Interrupted, error.message, exit_code(error.cause)};
  if (error.cause != Cause::Cancelled) return {tracking::RunState::Failed, error.message, exit_code(error.cause)};
  const std::string signal = StopOnSignals::received();
  const std::string reason = !signal.empty() ? fmt::format("stopped by {}", signal)
                             : asked         ? "stopped on request"
                                             : "stopped";
  return {tracking::RunState::Interrupted, reason, kStopped};
}

/// Less when `stop` is requested.
void rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

/// A full disk may have room again in a moment. Without, a run whose lease cannot be taken would be left without a
/// worker, and one that cannot write how it ended shows as killed, and is resumable.
template <class Call>
std::invoke_result_t<Call&> for_a_while(Call call, const std::stop_token& stop = {}) {
  constexpr int kTries = 15;  // within the 20 s that a stopped worker has
  auto result = call();
  for (int again = 0; again < kTries && !result && result.error().cause == Cause::Blocked; ++again) {
    if (stop.stop_requested()) break;
    rest(std::chrono::seconds(1), stop);
    result = call();
  }
  return result;
}

/// What a worker works with.
struct Workplace {
  const tracking::Store& store;
  tracking::Lease& lease;
  const WorkerOutput& output;
  PauseGate& gate;
  std::stop_token stop{};
};

std::string role_of(const Metric& metric) { return std::string(tracking::kMetricRole) + metric.name(); }

Digest fingerprint_of(const Metric& metric) { return Hasher().add(metric.identity()).finish(); }

/// Writes down what the run works on. Errors: InvalidInput where that is not what it began with.
Status note_inputs(const Prepared& p, tracking::Recorder& recorder, const Patience& patiently) {
  const auto note = [&](const std::string& role, const Digest& content, std::size_t samples) {
    return patiently([&] { return recorder.data(role, content, samples); });
  };
  for (const auto& [role, data] : {std::pair("calibration", p.calibration), std::pair("validation", p.validation)}) {
    if (!data) continue;
    if (auto same = note(role, data->fingerprint(), data->size()); !same) return same;
  }
  for (const auto& metric : p.metrics) {
    if (metric->judge() != Judge::Command) continue;
    const auto same = note(role_of(*metric), fingerprint_of(*metric), 0);
    if (same) continue;
    std::vector<std::string> files;
    for (const auto& file : metric->files()) files.push_back(file.string());
    const bool named = same.error().cause == Cause::InvalidInput && !files.empty();
    return named ? failed(same, joined(files, ", ")) : same;
  }
  return {};
}

Result<RunResult> executed(const Prepared& p, const Workplace& place) {
  auto& [store, lease, output, gate, stop] = place;
  WorkerObserver observer(output, lease.progress());
  const Patience patiently(observer, stop);
  auto answers = patiently([&store = store] { return tracking::Answers::open(store); });
  if (!answers) return failed(answers);
  PausableAnswers pausable(**answers, gate, stop);
  auto recorder =
      patiently([&store = store, &lease = lease] { return tracking::Recorder::open(store, lease.owner()); });
  if (!recorder) return failed(recorder);
  if (auto same = note_inputs(p, **recorder, patiently); !same) return failed(same);
  for (const auto& note : p.notes) {
    if (auto noted = patiently([&] { return (*recorder)->note(note); }); !noted) return failed(noted);
    observer.on_event(Noted{note});
  }
  return execute(inputs_of(p), pausable, **recorder, observer, stop);
}

/// Whether all that the run works on opens, and is what its record says.
bool as_recorded(const tracking::Store& store, const tracking::RunDetails& details) {
  const auto p = prepared_again(store, details, Purpose::Run);
  if (!p) return false;
  return std::all_of(details.data.begin(), details.data.end(), [&](const tracking::DataRecord& known) {
    if (known.role.starts_with(tracking::kMetricRole)) {
      return std::any_of(p->metrics.begin(), p->metrics.end(), [&](const auto& metric) {
        return role_of(*metric) == known.role && fingerprint_of(*metric) == known.fingerprint;
      });
    }
    const auto& now = known.role == "calibration" ? p->calibration : p->validation;
    return now && now->fingerprint() == known.fingerprint;
  });
}

/// Whether a run that ended with `error` may go well once somebody has put right what it works on. Bad values in data
/// that are what they were will be as bad the next time.
bool mendable(const tracking::Store& store, std::int64_t id, const Error& error) {
  if (error.cause != Cause::InvalidInput) return false;
  auto runs = tracking::Runs::open(store);
  const auto details = runs ? runs->show(id) : failed(runs);
  return !details || !as_recorded(store, *details);
}

/// Whether something may have changed for those who wait for their turn. That others write signs of life is seen in the
/// file; that one of them was killed is not, so now and then it may have.
class Changes {
 public:
  [[nodiscard]] bool since_last(tracking::Runs& runs) {
    const auto now = std::chrono::steady_clock::now();
    const auto version = runs.data_version();
    if (version && seen_ == *version && now < until_) return false;
    seen_ = version ? std::optional(*version) : std::nullopt;
    until_ = now + std::chrono::seconds(3);
    return true;
  }

 private:
  std::optional<std::int64_t> seen_{};
  std::chrono::steady_clock::time_point until_{};
};

constexpr auto kTurnPoll = std::chrono::milliseconds(500);

/// Waits until the run may begin, and begins it. Errors: Cancelled when it is stopped before.
Status begun_in_turn(std::int64_t id, const Workplace& place) {
  auto runs = tracking::Runs::open(place.store);
  if (!runs) return failed(runs);
  std::string told;
  Changes changes;
  for (; !place.stop.stop_requested(); rest(kTurnPoll, place.stop)) {
    if (!changes.since_last(*runs)) continue;
    const auto all = runs->list(tracking::Listed::All);
    if (!all && all.error().cause != Cause::Blocked) return failed(all);
    const std::string reason = all ? tracking::reason_to_wait(id, *all) : told;
    if (all && reason.empty()) {
      const auto begun = place.lease.state(tracking::RunState::Running);
      if (begun || begun.error().cause != Cause::Blocked) return begun;
    }
    if (reason != told) {
      fmt::print(place.output.out, "run {} is {}\n", id, reason);
      std::fflush(place.output.out);
      place.lease.progress().start(reason, 0, "");
      told = reason;
    }
  }
  return fail(Cause::Cancelled, "stopped before its turn; the run can be resumed");
}

Result<RunResult> prepared_and_executed(const Work& task, const Workplace& place) {
  if (task.in_turn) {
    if (auto begun = begun_in_turn(task.run, place); !begun) return failed(begun);
  }
  if (task.ready != nullptr) return executed(*task.ready, place);
  auto runs = tracking::Runs::open(place.store);
  if (!runs) return failed(runs);
  const auto details = runs->show(task.run);
  if (!details) return failed(details);
  const auto p = prepared_again(place.store, *details, Purpose::Run);
  if (!p) return failed(p);
  return executed(*p, place);
}

/// What a worker is asked, and whether it pauses.
class WorkerControl {
 public:
  WorkerControl(std::int64_t run, std::stop_source stop, std::FILE* out)
      : run_(run), stop_(std::move(stop)), out_(out) {}

  /// On the lease's thread, also before serve(); what it makes of a request, which the end answers where this is empty.
  [[nodiscard]] std::string take(const tracking::Request& request) {
    switch (request.verb) {
      case tracking::Verb::Pause: gate_.close(); return "pauses once what is under way is safe";
      case tracking::Verb::Continue: gate_.open(); return "goes on";
      case tracking::Verb::Stop: break;
    }
    asked_to_stop_ = true;
    stop_.request_stop();
    return {};
  }
  /// From now on the run may pass the gate, and the lease shows where it waits there.
  PauseGate& serve(tracking::Lease& lease) {
    lease_ = &lease;
    return gate_;
  }
  [[nodiscard]] bool asked_to_stop() const { return asked_to_stop_; }

 private:
  void told(bool waits) {
    fmt::print(out_, "run {} {}\n", run_, waits ? "is paused; resume goes on with it" : "goes on");
    std::fflush(out_);
    // What cannot be written now shows as running: no more than a word is wrong.
    (void)lease_->state(waits ? tracking::RunState::Paused : tracking::RunState::Running);
  }

  std::int64_t run_;
  std::stop_source stop_;
  std::FILE* out_;
  tracking::Lease* lease_ = nullptr;
  PauseGate gate_{[this](bool waits) { told(waits); }};
  std::atomic<bool> asked_to_stop_ = false;
};

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
  const Machine machine = this_machine();
  return nlohmann::json{{"cpu", machine.cpu},
                        {"cpu_flags", machine.flags},
                        {"kernel", machine.kernel},
                        {"version", kVersion},
                        {"backend", info.backend},
                        {"instruction_set", info.isa},
                        {"numerics_revision", info.numerics_revision},
                        {"threads", threads}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<Prepared> prepared_again(const tracking::Store& store, const tracking::RunDetails& details, Purpose purpose) {
  const std::string name = fmt::format("configuration of run {}", details.summary.id);
  auto config = parse_config(details.config_json, "/", name, {});
  if (!config) return failed(config);
  auto model = tracking::base_model(store, details.model_hash, details.model_path);
  if (!model) return failed(model);
  return prepared(std::move(*config), purpose, remembering_hasher(store), std::move(*model));
}

int work(const tracking::Store& store, const Work& task, const WorkerOutput& output) {
  std::stop_source stop;
  const StopOnSignals signals(stop);
  WorkerControl control(task.run, stop, output.out);
  tracking::LeaseOptions options;
  options.environment_json =
      environment_json(task.ready != nullptr ? threads_of(task.ready->config) : recorded_threads(store, task.run));
  options.log_path = output.log_path;
  options.waiting = task.in_turn;
  options.take_over_silent = task.take_over;
  options.on_lost = [&stop] { stop.request_stop(); };
  options.on_request = [&](const tracking::Request& request) { return control.take(request); };
  auto lease = for_a_while([&] { return tracking::Lease::acquire(store, task.run, options); }, stop.get_token());
  if (!lease) return complained(lease.error());
  const auto result = prepared_and_executed(task, {store, **lease, output, control.serve(**lease), stop.get_token()});
  const Ending ending =
      ending_of(result, !result && mendable(store, task.run, result.error()), control.asked_to_stop());
  if (!result && result.error().cause != Cause::Cancelled) (void)complained(result.error());
  const auto released = for_a_while([&] { return (*lease)->release(ending.state, ending.reason); });
  if (!released) {
    const int code = complained(released.error());
    return ending.code == kStopped ? kStopped : code;
  }
  if (ending.code == kStopped) {
    fmt::print(output.out, "run {} {}; `quantrail resume {}` goes on with it\n", task.run, ending.reason, task.run);
  }
  notify_end(store, task.run);
  return ending.code;
}

}  // namespace quantrail::app
