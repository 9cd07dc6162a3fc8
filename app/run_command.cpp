#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "app/branch.h"
#include "app/commands.h"
#include "app/detach.h"
#include "app/exit_code.h"
#include "app/logind.h"
#include "app/open_store.h"
#include "app/program.h"
#include "app/progress.h"
#include "app/records_json.h"
#include "app/self.h"
#include "app/show_text.h"
#include "app/worker.h"
#include "base/text.h"
#include "run/patience.h"
#include "tracking/file_system.h"
#include "tracking/kept_models.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;
using tracking::Store;

WorkerOutput terminal_output() { return {stdout, ::isatty(STDOUT_FILENO) == 1, {}}; }

/// Starts a worker for the run in a session of its own, or by the user's manager where systemd would end it with the
/// session.
Status start_process(const std::vector<std::string>& arguments, const std::string& uid, const fs::path& log) {
  const SessionEnd end = session_end();
  if (!end.kills) return start_detached(arguments, log);
  if (!end.manager) {
    fmt::print(
        "warning: systemd ends this user's processes at logout (KillUserProcesses), and there is no user manager "
        "to start the worker outside of the session: stay logged in\n");
    return start_detached(arguments, log);
  }
  if (!end.lingers) {
    fmt::print(
        "warning: systemd ends this user's processes at logout (KillUserProcesses); `loginctl enable-linger` lets "
        "the run go on\n");
  }
  const auto started = run_program(by_user_manager("quantrail-" + uid, self_path(), arguments, log.string()));
  if (started.exit_code == 0) return {};
  return fail(Cause::Backend, "cannot start a worker with systemd-run: {}", started.output);
}

/// Starts a worker for the run and waits until it holds the run's lease and did not fail at once, or has ended.
int start_worker(const Store& store, std::int64_t id, const std::string& uid, const Work& task) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return complained(runs.error());
  const auto before = runs->show(id);
  if (!before) return complained(before.error());
  const auto log = store.log_path(uid);
  std::vector<std::string> arguments{"--store", store.folder().string(), "worker", std::to_string(id)};
  if (task.in_turn) arguments.emplace_back("--in-turn");
  if (task.take_over) arguments.emplace_back("--take-over");
  const auto started = start_process(arguments, uid, log);
  if (!started) return complained(started.error());
  constexpr int kLooksToFail = 4;  // what is missing or differs is found within moments
  int seen = 0;
  // A store that is busy says nothing about the worker, which waits for it, too.
  ProgressPrinter printer(stdout, false);
  const Patience patiently(printer, {});
  for (int look = 0; look < 300; ++look) {
    const auto now = patiently([&] { return runs->show(id); });
    if (!now) return complained(now.error());
    if (now->attempts.size() > before->attempts.size()) {
      const auto& attempt = now->attempts.back();
      if (attempt.ended_as == "failed" || attempt.ended_as == "interrupted") {
        return complained({Cause::Backend, fmt::format("run {}: {}; its log is {}", id, attempt.reason, log.string())});
      }
      if (!attempt.ended_as.empty() || ++seen == kLooksToFail) {
        fmt::print("run {} {} goes on by itself; `quantrail watch {}` follows it, its log is {}\n", id,
                   now->summary.name, id, log.string());
        return kDone;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return complained(
      {Cause::Backend, fmt::format("run {}: its worker did not begin within 30 s; see {}", id, log.string())});
}

constexpr auto kSilence = std::chrono::seconds(20);

/// Watches the signs of life of a worker that nothing is known of, by this machine's own clock, since the other's may
/// be anything. Errors: Owned when there is one.
Status check_silence(tracking::Runs& runs, const tracking::RunDetails& details) {
  if (details.summary.state != tracking::RunState::Unknown || !details.lease) return {};
  fmt::print("waiting {} s for a sign of life of the worker on {}\n", kSilence.count(),
             printable(details.lease->worker.host));
  std::fflush(stdout);
  const auto until = std::chrono::steady_clock::now() + kSilence;
  while (std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const auto now = runs.show(details.summary.id);
    if (!now) return failed(now);
    if (now->lease && now->lease->beat != details.lease->beat) {
      return fail(Cause::Owned, "the worker of run {} on {}, process {}, lives", details.summary.id,
                  details.lease->worker.host, details.lease->worker.pid);
    }
  }
  return {};
}

void print_result(const Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return;
  if (const auto details = runs->show(id)) fmt::print("\n{}", show_text(*details));
}

/// What a run is made of besides what it computes.
Result<tracking::RunSpec> spec_of(tracking::Runs& runs, const RunCommand& command, const Prepared& p) {
  tracking::RunSpec spec;
  spec.name = command.name;
  spec.config_json = p.config.effective_json;
  spec.origins_json = origins_json(p.config);
  spec.model_name = p.config.model_name;
  spec.model_path = p.config.model;
  spec.model_hash = p.model.hash;
  spec.tags = command.tags;
  spec.notify = command.notify;
  std::error_code nowhere;
  if (!spec.notify.empty()) spec.notify_folder = std::filesystem::current_path(nowhere);
  if (command.at_once > 0) spec.start_below = static_cast<std::int64_t>(command.at_once);
  if (!command.after.empty()) {
    const auto before = runs.find(command.after);
    if (!before) return failed(before);
    spec.start_after = *before;
  }
  return spec;
}

Result<tracking::CreatedRun> created_run(const Store& store, const RunCommand& command, const Prepared& p,
                                         const std::optional<Branch>& branch) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return failed(runs);
  auto spec = spec_of(*runs, command, p);
  if (!spec) return failed(spec);
  if (branch) {
    spec->parent_run = branch->run;
    spec->parent_iteration = branch->iteration;
  }
  if (auto kept = tracking::keep_model(store, p.model); !kept) return failed(kept);
  auto created = runs->create(*spec);
  if (!created) return created;
  // Somebody may have swept away what belonged to no run until now.
  if (auto kept = tracking::keep_model(store, p.model); !kept) return failed(kept);
  return created;
}

/// Of what is there now. A model that is not there any more is the other run's, from the store.
Result<Prepared> prepared_for(const Store& store, Config config, const std::optional<Branch>& branch) {
  std::error_code ignored;
  const bool gone = branch && branch->same_model && !fs::exists(config.model, ignored);
  if (!gone) {
    auto p = prepared(std::move(config), Purpose::Run, remembering_hasher(store));
    if (p && branch && branch->same_model && p->model.hash != branch->model_hash) {
      p->notes.push_back(
          fmt::format("{} is not what it was for run {}: its content has changed, and this run is of what "
                      "is there now",
                      p->config.model.string(), branch->run));
    }
    return p;
  }
  const auto named = config.model.string();
  auto model = tracking::base_model(store, branch->model_hash, branch->model_path);
  if (!model) return failed(model);
  auto p = prepared(std::move(config), Purpose::Run, remembering_hasher(store), std::move(*model));
  if (p)
    p->notes.push_back(fmt::format("{} is not there any more: this run is of the model of run {}", named, branch->run));
  return p;
}

}  // namespace

int run(const Options& options, const RunCommand& command) {
  if (command.config.empty() && command.from.empty() && command.like.empty()) {
    return complained(
        {Cause::InvalidInput, "run: CONFIG is required, or a run to branch off (--from) or to be like (--like)"});
  }
  std::optional<Branch> branch;
  if (!command.from.empty() || !command.like.empty()) {
    auto made = command.like.empty() ? branched(options, command.from, command.overrides)
                                     : likened(options, command.like, command.overrides);
    if (!made) return complained(made.error());
    branch = std::move(*made);
  }
  auto config = branch ? Result<Config>(branch->config) : load_config(command.config, command.overrides);
  if (!config) return complained(config.error());
  const auto store = opened_store(options, Store::Mode::Create);
  if (!store) return complained(store.error());
  if (const auto network = tracking::network_of(store->folder()); !network.empty()) {
    fmt::print("warning: the store {} is on {}, whose locks are its server's: keep it on a local disk if you can\n",
               printable(store->folder().string()), network);
  }
  const auto p = prepared_for(*store, std::move(*config), branch);
  if (!p) return complained(p.error());
  const auto created = created_run(*store, command, *p, branch);
  if (!created) return complained(created.error());
  if (!command.name.empty() && created->name != command.name) {
    fmt::print("the name {} is taken: this run is {}\n", command.name, created->name);
  }
  const bool in_turn = !command.after.empty() || command.at_once > 0;
  if (command.detach) return start_worker(*store, created->id, created->uid, {.in_turn = in_turn});
  fmt::print("run {} {} in {}\n", created->id, created->name, store->folder().string());
  const int code = work(*store, {.run = created->id, .ready = &*p, .in_turn = in_turn}, terminal_output());
  if (code != kStopped) print_result(*store, created->id);
  return code;
}

int run(const Options& options, const ResumeCommand& command) {
  auto named = named_run(options, command.run, Store::Mode::Write);
  if (!named) return complained(named.error());
  const auto details = named->runs.show(named->id);
  if (!details) return complained(details.error());
  if (details->summary.state == tracking::RunState::Done) {
    fmt::print("run {} is done already\n\n{}", named->id, show_text(*details));
    return exit_code(details->summary.outcome.value_or(Outcome::Met));
  }
  const bool pauses = details->lease && details->lease->pause_asked;
  const auto state = details->summary.state;
  const bool will_pause = pauses && (state == tracking::RunState::Running || state == tracking::RunState::Queued);
  if (state == tracking::RunState::Paused || will_pause) {
    const auto request = named->runs.request(named->id, tracking::Verb::Continue);
    if (!request) return complained(request.error());
    fmt::print("run {} goes on; `quantrail watch {}` follows it\n", named->id, named->id);
    return kDone;
  }
  if (details->summary.owned && details->summary.state != tracking::RunState::Unknown) {
    return complained(
        {Cause::Owned,
         fmt::format("run {} is {}: its worker, process {} on {}, lives; `quantrail watch {}` follows it", named->id,
                     tracking::name_of(details->summary.state), details->lease ? details->lease->worker.pid : 0,
                     details->lease ? details->lease->worker.host : "?", named->id)});
  }
  if (command.take_over) {
    if (const auto silent = check_silence(named->runs, *details); !silent) return complained(silent.error());
  }
  // What it was to wait for, it still waits for.
  const bool in_turn = details->summary.start_after || details->summary.start_below;
  const Work task{.run = named->id, .in_turn = in_turn, .take_over = command.take_over};
  if (command.detach) return start_worker(named->store, named->id, details->uid, task);
  const int code = work(named->store, task, terminal_output());
  if (code == kDone || code == kFailed) print_result(named->store, named->id);
  return code;
}

int run(const Options& options, const WorkerCommand& command) {
  auto named = named_run(options, command.run, Store::Mode::Write);
  if (!named) return complained(named.error());
  const auto details = named->runs.show(named->id);
  if (!details) return complained(details.error());
  return work(named->store, {.run = named->id, .in_turn = command.in_turn, .take_over = command.take_over},
              {stdout, false, named->store.log_path(details->uid).string()});
}

}  // namespace quantrail::app
