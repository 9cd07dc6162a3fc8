#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// Metrics, parameters and algorithm of a configuration.
struct Parts {
  std::string params{};
  std::string algorithm = "AccuracyAwareQuantization";
  std::string metrics = R"([{"type": "accuracy"}, {"type": "accuracy", "top_k": 5}])";
};

Result<Config> parsed(const Parts& parts) {
  return parse_config(R"({"model": {"model": "m.onnx"},
      "engine": {"validation": {"data": {"type": "cifar10", "path": "x"}}, "metrics": )" +
                          parts.metrics + R"(}, "compression": {"algorithms": [{"name": ")" + parts.algorithm +
                          R"(", "params": {)" + parts.params + "}}]}}",
                      "/", "c.json", {});
}

std::string problem(const Parts& parts) {
  const auto config = parsed(parts);
  return config ? "none" : config.error().message;
}

TEST(AnnotationFree, IsOffAndAsksForAConfidenceOfSixTenths) {
  const auto params = [](const std::string& text) { return parsed({text})->compression.accuracy_aware; };
  EXPECT_FALSE(params("").annotation_free);
  EXPECT_EQ(params("").annotation_conf_threshold, 0.6);
  EXPECT_TRUE(params(R"("annotation_free": true)").annotation_free);
  EXPECT_EQ(params(R"("annotation_free": true, "annotation_conf_threshold": 0)").annotation_conf_threshold, 0.0);
  EXPECT_EQ(params(R"("annotation_free": true, "annotation_conf_threshold": 1)").annotation_conf_threshold, 1.0);
  EXPECT_THAT(problem({R"("annotation_free": true, "annotation_conf_threshold": 60)"}),
              HasSubstr("params.annotation_conf_threshold: found 60, allowed is 0 to 1"));
  EXPECT_THAT(problem({R"("annotation_free": "yes")"}), HasSubstr("true or false is needed"));
}

TEST(AnnotationFree, IsWhatItsThresholdBelongsTo) {
  const auto config = parsed({R"("annotation_conf_threshold": 0.7)"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(config->notes, Contains(HasSubstr("params.annotation_conf_threshold has no effect: it belongs to "
                                                "annotation_free, which is off.")));
  EXPECT_EQ(config->compression.accuracy_aware.annotation_conf_threshold, 0.6);
  EXPECT_THAT(parsed({R"("annotation_conf_threshold": 0.6)"})->notes,
              Not(Contains(HasSubstr("annotation_conf_threshold"))));
  const auto by_default = parsed({R"("annotation_free": true)", "DefaultQuantization"});
  EXPECT_THAT(by_default->notes, Contains(HasSubstr("annotation_free has no effect: it belongs to AccuracyAware")));
  EXPECT_FALSE(by_default->compression.accuracy_aware.annotation_free);
}

TEST(AnnotationFree, MeasuresTheFloatModelWhateverIsKnownOfIt) {
  const auto config =
      parsed({R"("annotation_free": true, "metrics": [{"name": "accuracy@top5", "baseline_value": 0.9}])"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->compression.accuracy_aware.metrics, (std::vector<MetricTarget>{{"accuracy@top5", {}}}));
  EXPECT_THAT(config->notes,
              Contains(HasSubstr("params.metrics[0].baseline_value has no effect with annotation_free")));
}

TEST(AnnotationFree, NeedsMetricsThatPredictedClassesCanServe) {
  const auto free = [](const std::string& metrics) {
    return problem({.params = R"("annotation_free": true)", .metrics = metrics});
  };
  EXPECT_EQ(free(R"([{"type": "accuracy"}, {"type": "accuracy", "top_k": 5}])"), "none");
  EXPECT_THAT(free(R"([{"type": "accuracy"}, {"type": "map", "decode": "yolox"}])"),
              HasSubstr("params.annotation_free: the float model's classes take the place of labels, so all of "
                        "engine.metrics must be of type \"accuracy\"; \"map\" is of type \"map\""));
  EXPECT_THAT(
      free(R"([{"type": "accuracy"}, {"type": "accuracy", "name": "other", "output": 1}])"),
      HasSubstr("classes are predicted by one output, but \"accuracy@top1\" looks at output 0 and \"other\" at 1"));
}

TEST(AnnotationFree, IsInForceForResuming) {
  const auto config = parsed({R"("annotation_free": true, "annotation_conf_threshold": 0.25)"});
  const auto again = parse_config(config->effective_json, "/", "again", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->compression, config->compression);
  const auto off = parsed({R"("annotation_conf_threshold": 0.25)"});
  EXPECT_THAT(parse_config(off->effective_json, "/", "again", {})->notes, Not(Contains(HasSubstr("annotation"))));
}

}  // namespace
}  // namespace quantrail
