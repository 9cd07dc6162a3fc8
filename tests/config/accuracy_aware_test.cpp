// The parameters of AccuracyAwareQuantization among themselves.
#include <gmock/gmock.h>

#include <optional>

#include "config/config_text.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing_config::parsed;
using testing_config::problem;
using testing_config::with_params;

TEST(AccuracyAwareConfig, NotesAccuracyAwareKeysOfDefaultQuantization) {
  const auto config = parsed(with_params(R"("maximal_drop": 0.5)", "DefaultQuantization"));
  EXPECT_THAT(config->notes, Contains(HasSubstr("maximal_drop has no effect")));
  EXPECT_EQ(config->compression.accuracy_aware, AccuracyAwareParams{});
}

TEST(AccuracyAwareConfig, ChecksTheControlledMetric) {
  EXPECT_THAT(problem(with_params(R"("metrics": [{"name": "accuracy@top2"}])")),
              HasSubstr("\"accuracy@top2\" is not a metric of engine.metrics (did you mean \"accuracy@top1\"?)"));
  EXPECT_THAT(problem(with_params(R"("metrics": [{"name": "accuracy@top1"}, {"name": "accuracy@top1"}])")),
              HasSubstr("metrics[1].name: \"accuracy@top1\" is listed twice"));
  EXPECT_THAT(problem(with_params(R"("metrics": [{"name": "accuracy@top1", "direction": "up"}])")),
              HasSubstr("metrics[0].direction: found \"up\", allowed are higher-better, higher-worse"));
}

TEST(AccuracyAwareConfig, TakesOneDropForAllMetricsOrOneForEach) {
  const auto drops = [](const std::string& params) {
    std::vector<std::optional<double>> out;
    const auto config = parsed(with_params(params));
    for (const auto& target : config->compression.accuracy_aware.metrics) out.push_back(target.maximal_drop);
    return out;
  };
  const std::string both = R"("metrics": [{"name": "accuracy@top5"}, {"name": "accuracy@top1"}], "maximal_drop": )";
  EXPECT_THAT(drops(both + "0.02"), testing::ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(drops(both + "[0.02, 0.05]"), testing::ElementsAre(0.02, 0.05));
  EXPECT_THAT(drops(R"("maximal_drop": [0.03, 0.04])"), testing::ElementsAre(0.03, 0.04)) << "of engine.metrics";
  EXPECT_THAT(problem(with_params(both + "[0.02]")),
              HasSubstr("params.maximal_drop: has 1 values for 2 metrics: give one for each, or one number for all"));
  EXPECT_THAT(problem(with_params(both + "[0.02, -1]")),
              HasSubstr("params.maximal_drop: found -1, allowed is 0 or more"));
}

TEST(AccuracyAwareConfig, NotesAccuracyAwareKeysThatHaveNoEffectTogether) {
  const auto notes = [](const std::string& params) { return parsed(with_params(params))->notes; };
  EXPECT_THAT(notes(R"("preset": "mixed", "convert_to_mixed_preset": true)"),
              Contains(HasSubstr("convert_to_mixed_preset has no effect where activations are asymmetric already")));
  EXPECT_THAT(notes(R"("preset": "auto", "tune_hyperparams": true)"),
              Contains(HasSubstr("tune_hyperparams has no effect")));
  EXPECT_THAT(notes(R"("correct_again": true)"), Contains(HasSubstr("correct_again has no effect with use_fast_bias")));
  EXPECT_THAT(notes(R"("metric_subset_ratio": 0.1)"), Contains(HasSubstr("metric_subset_ratio has no effect unless")));
  EXPECT_THAT(notes(R"("preset": "performance", "convert_to_mixed_preset": true, "tune_hyperparams": true)"),
              testing::Not(Contains(HasSubstr("no effect"))));
}

TEST(AccuracyAwareConfig, MayNameTheOnlyMetricOfATypeByItsType) {
  const auto config =
      parsed(with_params(R"("metrics": [{"name": "accuracy"}])"), {"engine.metrics=[{\"type\": \"accuracy\"}]"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->compression.accuracy_aware.metrics.front().name, "accuracy@top1");
}

}  // namespace
}  // namespace quantrail
