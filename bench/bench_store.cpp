#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <functional>

#include "report.h"
#include "scratch_folder.h"
#include "tracking/lease.h"
#include "tracking/record_rows.h"
#include "tracking/recorder.h"
#include "tracking/run_query.h"
#include "tracking/transaction.h"

namespace quantrail::bench {
namespace {

using namespace quantrail::tracking;

struct Options {
  std::int64_t runs = 1000;
  std::int64_t iterations = 200;
  int rounds = 21;
  std::string json{};
};

constexpr double kListGoal = 10.0;    // ms
constexpr double kBytesGoal = 400.0;  // of an iteration
constexpr double kCommitGoal = 5.0;   // ms, of an iteration

double milliseconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
}

/// The `index`-th step of a search that reverts a layer each time.
IterationRecord step(std::int64_t index) {
  IterationRecord it{.index = index,
                     .kind = index == 0 ? IterationKind::Quantized : IterationKind::Revert,
                     .metrics = {{"accuracy@top1", 0.7 + 0.0001 * static_cast<double>(index)}},
                     .drops = {{"accuracy@top1", 0.05 - 0.0001 * static_cast<double>(index)}},
                     .drop = 0.05 - 0.0001 * static_cast<double>(index),
                     .accepted = true,
                     .int8_macs_share = 0.9,
                     .size_bytes = 25'000'000,
                     .seconds = 12.5};
  it.snapshot_hash = it.quantization = sha256(std::as_bytes(std::span(&it.index, 1)));
  for (std::int64_t at = 0; at < index % 60; ++at)
    it.reverted_layers.push_back(fmt::format("features.{}.depthwise", at));
  it.reverted_groups = it.reverted_layers;
  if (!it.reverted_layers.empty()) it.changed_layers = {it.reverted_layers.back()};
  return it;
}

std::string config(std::int64_t run) {
  return fmt::format(R"({{"engine":{{"seed":{},"threads":2,"validation":{{"limit":1000}}}},"compression":{{"params":)"
                     R"({{"maximal_drop":0.01,"preset":"mixed"}}}}}})",
                     run);
}

class Session {
 public:
  explicit Session(const Options& options) : options_(options) {}

  Status run() {
    auto store = Store::open(scratch_.path() / "store", Store::Mode::Create);
    if (!store) return failed(store);
    if (auto filled = fill(*store); !filled) return filled;
    print_header("at most");
    if (auto listed = list(*store); !listed) return listed;
    return commits(*store);
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  Status fill(const Store& store) {
    auto runs = Runs::open(store);
    if (!runs) return failed(runs);
    auto database = store.connect();
    if (!database) return failed(database);
    const auto bytes = [&] { return static_cast<double>(std::filesystem::file_size(store.database_path())); };
    const double before = bytes();
    for (std::int64_t number = 0; number < options_.runs; ++number) {
      const auto created =
          runs->create({.config_json = config(number), .model_name = "net", .model_path = "/net.onnx"});
      if (!created) return failed(created);
      auto lease = Lease::acquire(store, created->id, {});
      if (!lease) return failed(lease);
      auto transaction = Transaction::write(*database);
      if (!transaction) return failed(transaction);
      auto done =
          insert_baseline(*database, created->id, {.metrics = {{"accuracy@top1", 0.75}}, .optimised = "accuracy@top1"});
      for (std::int64_t index = 0; done && index < options_.iterations; ++index)
        done = insert_iteration(*database, created->id, (*lease)->owner().attempt, step(index), store.now_ms());
      if (done) done = transaction->commit();
      if (done) done = (*lease)->release(RunState::Interrupted, "");
      if (!done) return done;
    }
    take("bytes of an iteration, all included", "B",
         (bytes() - before) / static_cast<double>(options_.runs * options_.iterations), kBytesGoal);
    return {};
  }

  Status list(const Store& store) {
    auto runs = Runs::open(store);
    if (!runs) return failed(runs);
    Status failure;
    const auto timed = [&](std::string name, const std::function<Status()>& work, double goal) {
      std::vector<double> times;
      for (int round = 0; round < options_.rounds; ++round) {
        times.push_back(milliseconds([&] {
          if (auto done = work(); !done) failure = done;
        }));
      }
      take(std::move(name), "ms", median(times), goal);
    };
    const auto query = [&](const RunQuery& wanted) -> Status {
      const auto found = queried(*runs, wanted);
      return found ? Status() : failed(found);
    };
    timed(
        "list of all runs", [&] { return query({}); }, kListGoal);
    timed(
        "list by drop, filtered by state and metric",
        [&] { return query({.filter = "state:interrupted best>0.7", .sort = "drop"}); }, 0.0);
    timed(
        "list filtered by a setting", [&] { return query({.filter = "param.seed=7"}); }, 0.0);
    timed(
        "all of one run",
        [&]() -> Status {
          const auto details = runs->show(1);
          return details ? Status() : failed(details);
        },
        0.0);
    return failure;
  }

  Status commits(const Store& store) {
    auto runs = Runs::open(store);
    if (!runs) return failed(runs);
    const auto created = runs->create({.model_name = "net"});
    if (!created) return failed(created);
    auto lease = Lease::acquire(store, created->id, {});
    if (!lease) return failed(lease);
    auto recorder = Recorder::open(store, (*lease)->owner());
    if (!recorder) return failed(recorder);
    std::vector<double> times;
    for (std::int64_t index = 0; index < options_.iterations; ++index) {
      Status done;
      times.push_back(milliseconds([&] { done = (*recorder)->iteration(step(index)); }));
      if (!done) return done;
    }
    take("record an iteration, median", "ms", median(times), 0.0);
    take("record an iteration, of a hundred the slowest", "ms", quantile(times, 0.99), kCommitGoal);
    return (*lease)->release(RunState::Interrupted, "");
  }

  void take(std::string name, std::string unit, double ours, double goal) {
    Row row{.name = std::move(name), .unit = std::move(unit), .ours = ours};
    // The goal is an upper bound, so it stands in the place of a peer.
    if (goal > 0.0) {
      row.peer = goal;
      row.ratio = row.ratio_low = row.ratio_high = goal / ours;
      row.goal = 1.0;
    }
    print(row);
    rows_.push_back(std::move(row));
  }

  const Options& options_;
  const ScratchFolder scratch_{};
  std::vector<Row> rows_{};
};

Status run(const Options& options) {
  Session session(options);
  if (auto done = session.run(); !done) return done;
  if (options.json.empty()) return {};
  return write_json(options.json, "store", session.rows());
}

}  // namespace
}  // namespace quantrail::bench

int main(int argc, char** argv) {
  quantrail::bench::Options options;
  CLI::App app{
      "What the experiment store costs: bytes, lists and commits of many runs. In the place of a peer stands what it "
      "may cost."};
  app.add_option("--runs", options.runs)->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--iterations", options.iterations, "Of each run")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--json", options.json, "File for the rows as JSON");
  CLI11_PARSE(app, argc, argv);
  const auto done = quantrail::bench::run(options);
  if (done) return 0;
  fmt::print(stderr, "bench: {}\n", done.error().message);
  return 1;
}
