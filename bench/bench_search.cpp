#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <optional>

#include "peak_memory.h"
#include "report.h"
#include "run/samples.h"
#include "runtime/plan.h"
#include "scratch_folder.h"
#include "search_runs.h"

namespace quantrail::bench {
namespace {

constexpr double kRankingGoal = 5.0;
constexpr double kRunGoal = 10.0;

struct Options {
  std::vector<std::string> networks{"mobilenetv2", "resnet50"};
  std::size_t samples = 1000;
  std::size_t ranking = 300;
  std::size_t peer_batch = 8;
  double share = 0.2;
  bool no_peer = false;
  bool steps = false;
  std::string json{};
};

Row compared(std::string name, double ours, double peer, std::optional<double> goal) {
  Row row{.name = std::move(name), .unit = "s", .ours = ours, .peer = peer, .ratio = peer / ours, .goal = goal};
  row.ratio_low = row.ratio_high = *row.ratio;
  return row;
}

class Session {
 public:
  explicit Session(const Options& options) : options_(options) {}

  Status run() {
    if (!options_.no_peer) {
      auto started = OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_peer.cjs", scratch_.path());
      if (!started) return failed(started);
      fmt::print("ours: {} ({}); peer: ONNX Runtime {}\n", runtime_info().backend, runtime_info().isa,
                 started->version());
      peer_ = std::move(*started);
    }
    for (const Network& network : known_networks()) {
      const bool asked =
          std::find(options_.networks.begin(), options_.networks.end(), network.name) != options_.networks.end();
      if (!asked) continue;
      if (auto done = measure(network); !done) return failed(done, std::string(network.name));
    }
    return {};
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  /// The target: options.share of what the quantized model loses is to be won back.
  Result<double> target(const RunInputs& inputs) const {
    RunInputs all = inputs;
    all.compression.algorithm = "DefaultQuantization";
    const auto run = searched(all);
    if (!run) return failed(run);
    const double drop = run->iterations.front().drop;
    fmt::print("  float {:.4f}, int8 loses {:.4f}\n", run->baseline, drop);
    if (!(drop > 0.0)) return fail(Cause::InvalidInput, "quantization costs no accuracy: there is nothing to rank");
    return drop * (1.0 - options_.share);
  }

  Status measure(const Network& network) {
    fmt::print("{}: {} validation samples, {} to rank on\n", network.name, options_.samples, options_.ranking);
    const auto made = prepared(network, scratch_.path());
    if (!made) return failed(made);
    auto inputs = search_inputs(*made, options_.samples);
    if (!inputs) return failed(inputs);
    const auto limit = target(*inputs);
    if (!limit) return failed(limit);
    auto& params = inputs->compression.accuracy_aware;
    params.maximal_drop = *limit;
    params.ranking_subset_size = static_cast<std::int64_t>(options_.ranking);
    std::optional<SearchRun> one_by_one;
    if (peer_) {
      auto run = searched(*inputs);
      if (!run) return failed(run);
      one_by_one = *std::move(run);
      describe("one by one", *one_by_one);
    }
    params.search = SearchOrder::Bisect;
    const auto bisect = searched(*inputs);
    if (!bisect) return failed(bisect);
    describe("bisect", *bisect);
    params.ranking_mode = RankingMode::Race;
    const auto raced = searched(*inputs);
    if (!raced) return failed(raced);
    describe("bisect, raced", *raced);
    if (const auto peak = peak_mib())
      fmt::print("  peak memory {:.0f} MiB, of which samples {:.0f}\n", *peak, data_mib(*inputs));
    if (!peer_) return {};
    return against_peer(network, *inputs, *one_by_one, {{"bisect", &*bisect}, {"bisect and race", &*raced}});
  }

  [[nodiscard]] double data_mib(const RunInputs& inputs) const {
    double bytes = 0.0;
    for (const auto& input : inputs.validation->inputs())
      bytes += static_cast<double>(element_count(input.shape)) * static_cast<double>(size_of(input.type));
    return bytes * static_cast<double>(options_.samples) / 1048576.0;
  }

  void describe(std::string_view order, const SearchRun& run) const {
    if (options_.steps)
      for (const auto& [step, seconds] : run.steps) fmt::print("    {:7.2f} s  {}\n", seconds, step);
    const auto& best = run.iterations.at(static_cast<std::size_t>(run.result.best));
    fmt::print("  {}: {:.1f} s, ranking {:.1f}; {} evaluations, {} iterations, {} layers reverted, drop {:.4f}, {}\n",
               order, run.seconds, run.ranking_seconds, run.result.evaluations, run.iterations.size(),
               best.reverted_layers.size(), best.drop, run.result.outcome == Outcome::Met ? "met" : "not met");
    std::fflush(stdout);
  }

  /// `others` end at the same target by ways that the peer has not.
  Status against_peer(const Network& network, const RunInputs& inputs, const SearchRun& one_by_one,
                      const std::vector<std::pair<std::string_view, const SearchRun*>>& others) {
    PeerRun ranking;
    double apart = 0.0;
    auto loop = PeerLoop::made(*peer_, inputs, one_by_one.ranking_samples, options_.peer_batch, scratch_.path());
    if (!loop) return failed(loop);
    for (const auto& score : one_by_one.rankings.front().scores) {
      const auto value = loop->evaluate(&one_by_one.quantization, {score.group}, ranking);
      if (!value) return failed(value);
      apart = std::max(apart, std::abs(*value - score.score));
    }
    const double rankings = static_cast<double>(one_by_one.rankings.size());
    PeerRun whole;
    double int8_apart = 0.0;
    loop = PeerLoop::made(*peer_, inputs, all_samples(options_.samples), options_.peer_batch, scratch_.path());
    if (!loop) return failed(loop);
    if (const auto value = loop->evaluate(nullptr, {}, whole); !value) return failed(value);
    for (const auto& iteration : one_by_one.iterations) {
      const auto value = loop->evaluate(&one_by_one.quantization,
                                        {iteration.reverted_groups.begin(), iteration.reverted_groups.end()}, whole);
      if (!value) return failed(value);
      const double difference = std::abs(*value - iteration.metrics.begin()->second);
      double& largest = iteration.reverted_groups.empty() ? int8_apart : apart;
      largest = std::max(largest, difference);
    }
    const double greedy = whole.seconds() + ranking.seconds() * rankings;
    fmt::print(
        "  peer: ranking {:.1f} s ({:.1f} of it making {} sessions), {} full evaluations {:.1f} s; accuracies "
        "{:.4f} apart all in int8, at most {:.4f} with layers in float\n",
        ranking.seconds(), ranking.session_seconds, ranking.evaluations, whole.evaluations, whole.seconds(), int8_apart,
        apart);
    if (const auto peak = peer_->peak_mib()) fmt::print("  peer: peak memory {:.0f} MiB\n", *peak);
    print_header();
    take(compared(fmt::format("{} exact ranking", network.name), one_by_one.ranking_seconds / rankings,
                  ranking.seconds(), kRankingGoal));
    take(compared(fmt::format("{} whole run, one by one on both sides", network.name), one_by_one.seconds, greedy, {}));
    for (const auto& [order, run] : others)
      take(compared(fmt::format("{} whole run, {} against one by one", network.name, order), run->seconds, greedy,
                    kRunGoal));
    return {};
  }

  void take(Row row) {
    print(row);
    rows_.push_back(std::move(row));
  }

  const Options& options_;
  const ScratchFolder scratch_{};
  std::optional<OrtPeer> peer_{};
  std::vector<Row> rows_{};
};

Status run(const Options& options) {
  Session session(options);
  if (auto done = session.run(); !done) return done;
  if (options.json.empty()) return {};
  return write_json(options.json, "search", session.rows());
}

}  // namespace
}  // namespace quantrail::bench

int main(int argc, char** argv) {
  quantrail::bench::Options options;
  CLI::App app{
      "What a search costs: ranking all layers and reverting the worst until a share of the lost accuracy is won back, "
      "against the same evaluations in real ONNX Runtime, one session per candidate. Networks with random weights "
      "whose labels are the float network's answers. Needs Node.js and onnxruntime-node (NODE_PATH or QUANTRAIL_ORT)."};
  const std::vector<std::string> classifiers = options.networks;
  app.add_option("--network", options.networks, "Only these")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(classifiers))
      ->capture_default_str();
  app.add_option("--samples", options.samples, "Validation samples")
      ->check(CLI::Range(8, 100000))
      ->capture_default_str();
  app.add_option("--ranking", options.ranking, "Samples to rank on")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--peer-batch", options.peer_batch, "Samples that the peer takes at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--share", options.share, "Share of the drop that is to be won back")
      ->check(CLI::Range(0.01, 0.99))
      ->capture_default_str();
  app.add_flag("--no-peer", options.no_peer, "Ours alone, by bisecting");
  app.add_flag("--steps", options.steps, "Also what each step of our runs took");
  app.add_option("--json", options.json, "Also write the table to this file");
  CLI11_PARSE(app, argc, argv);
  const auto done = quantrail::bench::run(options);
  if (done) return 0;
  fmt::print(stderr, "quantrail_bench_search: {}\n", done.error().message);
  return 1;
}
