#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "app/commands.h"
#include "app/detach.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/show_text.h"
#include "app/worker.h"
#include "tracking/kept_models.h"

namespace quantrail::app {
namespace {

using tracking::Store;

WorkerOutput terminal_output() { return {stdout, ::isatty(STDOUT_FILENO) == 1, {}}; }

/// Starts a worker for the run in a session of its own and waits until it holds the run's lease, or has ended.
int start_worker(const Store& store, std::int64_t id, const std::string& uid) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return complained(runs.error());
  const auto before = runs->show(id);
  if (!before) return complained(before.error());
  const auto log = store.log_path(uid);
  const auto started = start_detached({"--store", store.folder().string(), "worker", std::to_string(id)}, log);
  if (!started) return complained(started.error());
  for (int look = 0; look < 300; ++look) {
    const auto now = runs->show(id);
    if (!now) return complained(now.error());
    if (now->attempts.size() > before->attempts.size()) {
      fmt::print("run {} {} goes on by itself; `quantrail watch {}` follows it, its log is {}\n", id, now->summary.name,
                 id, log.string());
      return kDone;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return complained(
      {Cause::Backend, fmt::format("run {}: its worker did not begin within 30 s; see {}", id, log.string())});
}

void print_result(const Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return;
  if (const auto details = runs->show(id)) fmt::print("\n{}", show_text(*details));
}

Result<tracking::CreatedRun> created_run(const Store& store, const Prepared& p, const std::string& name) {
  if (auto kept = tracking::keep_model(store, p.model); !kept) return failed(kept);
  auto runs = tracking::Runs::open(store);
  if (!runs) return failed(runs);
  tracking::RunSpec spec;
  spec.name = name;
  spec.config_json = p.config.effective_json;
  spec.model_name = p.config.model_name;
  spec.model_path = p.config.model;
  spec.model_hash = p.model.hash;
  return runs->create(spec);
}

}  // namespace

int run(const Options& options, const RunCommand& command) {
  auto config = load_config(command.config, command.overrides);
  if (!config) return complained(config.error());
  const auto store = opened_store(options, Store::Mode::Create);
  if (!store) return complained(store.error());
  const auto p = prepared(std::move(*config), Purpose::Run, remembering_hasher(*store));
  if (!p) return complained(p.error());
  const auto created = created_run(*store, *p, command.name);
  if (!created) return complained(created.error());
  if (!command.name.empty() && created->name != command.name) {
    fmt::print("the name {} is taken: this run is {}\n", command.name, created->name);
  }
  if (command.detach) return start_worker(*store, created->id, created->uid);
  fmt::print("run {} {} in {}\n", created->id, created->name, store->folder().string());
  const int code = work(*store, created->id, &*p, terminal_output());
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
  if (tracking::is_live(details->summary.state)) {
    return complained(
        {Cause::Owned,
         fmt::format("run {} is {}: its worker, process {} on {}, lives; `quantrail watch {}` follows it", named->id,
                     tracking::name_of(details->summary.state), details->lease ? details->lease->worker.pid : 0,
                     details->lease ? details->lease->worker.host : "?", named->id)});
  }
  if (command.detach) return start_worker(named->store, named->id, details->uid);
  const int code = work(named->store, named->id, nullptr, terminal_output());
  if (code == kDone || code == kFailed) print_result(named->store, named->id);
  return code;
}

int run(const Options& options, const WorkerCommand& command) {
  auto named = named_run(options, command.run, Store::Mode::Write);
  if (!named) return complained(named.error());
  const auto details = named->runs.show(named->id);
  if (!details) return complained(details.error());
  return work(named->store, named->id, nullptr, {stdout, false, named->store.log_path(details->uid).string()});
}

}  // namespace quantrail::app
