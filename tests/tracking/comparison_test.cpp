#include "tracking/comparison.h"

#include <cmath>

#include "support.h"
#include "tracking/run_metrics.h"

namespace quantrail::tracking {
namespace {

IterationRecord point(std::int64_t index, double drop, std::uint64_t bytes, double share) {
  IterationRecord it = sample_iteration(index, drop);
  it.metrics = {{"top1", 0.75 - drop}};
  it.size_bytes = bytes;
  it.int8_macs_share = share;
  return it;
}

RunDetails run_of(std::int64_t id, std::vector<IterationRecord> iterations) {
  RunDetails run;
  run.summary.id = id;
  run.summary.metric = "top1";
  run.summary.best_iteration = static_cast<std::int64_t>(iterations.size()) - 1;
  run.config_json = R"({"engine":{"seed":1,"validation":{"limit":10}},"model":{"name":"net"}})";
  run.environment_json = R"({"isa":"amx"})";
  run.model_hash = digest_of("net");
  run.data = {{"validation", digest_of("data"), 10}};
  run.iterations = std::move(iterations);
  return run;
}

std::vector<std::string> differing(const Comparison& comparison) {
  std::vector<std::string> keys;
  for (const auto& setting : comparison.settings) {
    if (setting.differs) keys.push_back(setting.key);
  }
  return keys;
}

TEST(Comparison, FindsWhatDiffersAndWhatIsMissing) {
  auto first = run_of(1, {});
  auto second = run_of(2, {});
  EXPECT_TRUE(differing(compared({first, second})).empty());
  second.config_json = R"({"engine":{"seed":2,"validation":{"limit":20},"threads":4},"model":{"name":"net"}})";
  second.environment_json = R"({"isa":"avx2"})";
  const auto comparison = compared({first, second});
  EXPECT_THAT(differing(comparison),
              testing::ElementsAre("engine.seed", "engine.threads", "engine.validation.limit", "environment.isa"));
  for (const auto& setting : comparison.settings) {
    if (setting.key == "engine.threads") {
      EXPECT_FALSE(setting.values[0]);
      EXPECT_EQ(setting.values[1], "4");
    }
    EXPECT_EQ(setting.measuring, setting.key == "engine.validation.limit" || setting.key == "data.validation" ||
                                     setting.key == "model.hash")
        << setting.key;
  }
}

TEST(Comparison, WarnsWhereMetricsMayNotBeCompared) {
  const auto first = run_of(1, {});
  auto second = run_of(2, {});
  EXPECT_TRUE(compared({first, second}).warnings.empty());
  second.data[0].fingerprint = digest_of("other");
  second.data[0].samples = 5;
  second.model_hash = digest_of("other net");
  second.summary.metric = "f1";
  EXPECT_THAT(
      compared({first, second}).warnings,
      testing::ElementsAre("runs 1 and 2 quantize different models", "runs 1 and 2 have different metrics: top1 and f1",
                           testing::HasSubstr("measured on different samples (10 and 5)")));
}

/// By the definition: every point against every other one.
bool dominated(const ComparedPoint& point, const std::vector<ComparedPoint>& all) {
  for (const auto& other : all) {
    const bool as_good = other.drop <= point.drop && other.size_bytes <= point.size_bytes &&
                         other.int8_macs_share >= point.int8_macs_share;
    const bool better =
        other.drop < point.drop || other.size_bytes < point.size_bytes || other.int8_macs_share > point.int8_macs_share;
    if (as_good && better) return true;
  }
  return false;
}

TEST(Comparison, TheFrontIsWhatNothingDominates) {
  unsigned seed = 1;
  const auto next = [&seed](unsigned below) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 16U) % below;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<IterationRecord> some;
    std::vector<IterationRecord> others;
    for (int i = 0; i < 12; ++i) {
      auto& list = i % 2 == 0 ? some : others;
      list.push_back(point(static_cast<std::int64_t>(list.size()), 0.01 * next(6), 100 + next(5), 0.1 * next(5)));
    }
    const auto comparison = compared({run_of(1, some), run_of(2, others)});
    ASSERT_EQ(comparison.points.size(), 12U);
    for (std::size_t at = 0; at < 12; ++at) {
      const auto& one = comparison.points[at];
      const bool seen_before =
          std::any_of(comparison.points.begin(), comparison.points.begin() + at, [&](const auto& other) {
            return other.drop == one.drop && other.size_bytes == one.size_bytes &&
                   other.int8_macs_share == one.int8_macs_share;
          });
      EXPECT_EQ(one.front, !dominated(one, comparison.points) && !seen_before) << round << " " << at;
    }
  }
}

TEST(Comparison, EachMetricHasAFrontOfItsOwn) {
  const auto run = run_of(1, {point(0, 0.02, 100, 1.0)});
  auto other = run_of(2, {point(0, 0.01, 100, 1.0)});
  EXPECT_FALSE(compared({run, other}).points[0].front);
  other.summary.metric = "f1";
  other.iterations[0].metrics["f1"] = 0.5;
  const auto comparison = compared({run, other});
  ASSERT_EQ(comparison.points.size(), 2U);
  EXPECT_TRUE(comparison.points[0].front);
  EXPECT_TRUE(comparison.points[1].front);
}

TEST(Comparison, APointThatMissesAFurtherMetricIsNotOnTheFront) {
  auto run = run_of(1, {point(0, 0.01, 100, 1.0), point(1, 0.02, 110, 0.9)});
  run.baseline = Baseline{.metrics = {{run.summary.metric, 0.9}, {"f1", 0.92}},
                          .limits = {{run.summary.metric, 0.03}, {"f1", 0.01}}};
  run.iterations[0].drops["f1"] = 0.011;
  run.iterations[1].drops["f1"] = 0.92 - 0.91;  // a little more than .01
  const auto comparison = compared({run});
  EXPECT_FALSE(comparison.points[0].front);
  EXPECT_TRUE(comparison.points[1].front);
}

TEST(Comparison, WhatWasNotMeasuredIsNoPoint) {
  EXPECT_TRUE(compared({run_of(1, {point(0, kNaN, 1, 1)}), run_of(2, {})}).points.empty());
}

TEST(Comparison, PutsLayersSideBySide) {
  const auto comparison = compared({run_of(1, {sample_iteration(0), sample_iteration(1)}),
                                    run_of(2, {sample_iteration(0), sample_iteration(1), sample_iteration(2)})});
  ASSERT_EQ(comparison.layers.size(), 2U);
  EXPECT_EQ(comparison.layers[0].layer, "conv0");
  EXPECT_FALSE(comparison.layers[0].differs);
  EXPECT_EQ(comparison.layers[1].is_float, (std::vector<std::optional<bool>>{false, true}));
  EXPECT_TRUE(comparison.layers[1].differs);
}

TEST(Comparison, AnotherModelMayLackALayer) {
  auto other = run_of(2, {sample_iteration(0)});
  other.model_hash = sha256({});
  const auto comparison = compared({run_of(1, {sample_iteration(0), sample_iteration(1)}), std::move(other)});
  ASSERT_FALSE(comparison.layers.empty());
  EXPECT_EQ(comparison.layers[0].is_float, (std::vector<std::optional<bool>>{true, std::nullopt}));
  EXPECT_TRUE(comparison.layers[0].differs);
}

TEST(Comparison, ARunIsToldByAnyOfItsMetrics) {
  auto run = run_of(1, {point(0, 0.01, 100, 1.0), point(1, 0.02, 110, 0.9)});
  const std::string first = run.summary.metric;
  run.summary.best_iteration = 1;
  run.baseline = Baseline{.metrics = {{first, 0.9}, {"f1", 0.92}}, .limits = {{first, 0.03}, {"f1", 0.01}}};
  for (auto& it : run.iterations) {
    it.metrics["f1"] = 0.90 + 0.01 * static_cast<double>(it.index);
    it.drops = {{first, it.drop}, {"f1", 0.02 - 0.01 * static_cast<double>(it.index)}};
  }
  EXPECT_EQ(metrics_of(run), (std::vector<std::string>{first, "f1"}));
  const auto seen = in_metric(run, "f1");
  EXPECT_EQ(seen.summary.metric, "f1");
  EXPECT_EQ(seen.summary.float_metric, 0.92);
  EXPECT_EQ(seen.summary.quantized, 0.90);
  EXPECT_EQ(seen.summary.best, 0.91);
  EXPECT_EQ(seen.summary.drop, 0.01);
  EXPECT_EQ(seen.iterations[0].drop, 0.02);
}

TEST(Comparison, ARunHasNoPointsInAMetricThatItDidNotMeasure) {
  const auto run = run_of(1, {point(0, 0.01, 100, 1.0), point(1, 0.02, 110, 0.9)});
  const auto seen = in_metric(run, "recall");
  EXPECT_EQ(seen.summary.metric, "");
  EXPECT_EQ(seen.summary.best, std::nullopt);
  EXPECT_EQ(seen.summary.drop, std::nullopt);
  EXPECT_TRUE(std::isnan(seen.iterations[1].drop));
  const auto points = compared({seen, run}).points;
  EXPECT_EQ(points.size(), 2U);
  for (const auto& one : points) EXPECT_EQ(one.run, 1U);
}

}  // namespace
}  // namespace quantrail::tracking
