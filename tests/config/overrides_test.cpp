#include "config/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;

const std::string kDocument = R"({
  "model": {"model": "m.onnx"},
  "engine": {"validation": {"data": {"type": "npy", "path": "v.npy", "labels": "l.npy"}}, "metrics": [{"type": "accuracy"}]},
  "compression": {"algorithms": [{"name": "AccuracyAwareQuantization", "params": {"maximal_drop": 0.01}}]}})";

Config configured(const std::vector<std::string>& overrides) {
  const auto config = parse_config(kDocument, "/folder", "c.json", overrides);
  EXPECT_TRUE(config) << config.error().message;
  return config.value_or(Config{});
}

std::string problem(const std::string& override_text) {
  const auto config = parse_config(kDocument, "/folder", "c.json", {override_text});
  return config ? "none" : config.error().message;
}

TEST(Overrides, TakeADottedPathWithIndices) {
  EXPECT_EQ(configured({"compression.algorithms[0].params.maximal_drop=0.5"}).compression.accuracy_aware.maximal_drop,
            0.5);
  EXPECT_EQ(configured({"engine.metrics[0].top_k=5"}).engine.metrics[0].top_k, 5);
}

TEST(Overrides, TakeAUniqueParameterName) {
  EXPECT_EQ(configured({"maximal_drop=0.5"}).compression.accuracy_aware.maximal_drop, 0.5);
  EXPECT_EQ(configured({"threads=3"}).engine.threads, 3);
  EXPECT_EQ(configured({"target_device=CPU"}).compression.target_device, "CPU");
  EXPECT_EQ(configured({"model=other.onnx"}).model, "/folder/other.onnx");
}

TEST(Overrides, TakeTheEndOfAPathThatIsUnique) {
  EXPECT_EQ(configured({"validation.limit=3"}).engine.validation->data.limit, 3);
  EXPECT_EQ(configured({"metrics[0].output=2"}).engine.metrics[0].output, 2);
}

TEST(Overrides, TakeBareTextAndAnyJson) {
  EXPECT_EQ(configured({"preset=mixed"}).compression.quantization.preset, Preset::Mixed);
  EXPECT_EQ(configured({"preset=\"mixed\""}).compression.quantization.preset, Preset::Mixed);
  EXPECT_EQ(configured({"ignored={\"scope\": [\"a=b\"]}"}).compression.quantization.ignored.scope.front(), "a=b");
  EXPECT_EQ(configured({"max_iter_num=null"}).compression.accuracy_aware.max_iter_num, std::nullopt);
}

TEST(Overrides, MakeWhatIsNotThereYet) {
  const Config config =
      configured({"calibration.data={\"type\": \"cifar10\", \"path\": \"x\"}", "engine.preprocess.crop=8"});
  EXPECT_EQ(config.engine.calibration->preprocess.crop_width, 8);
}

TEST(Overrides, ApplyInOrder) {
  EXPECT_EQ(configured({"maximal_drop=0.5", "maximal_drop=0.25"}).compression.accuracy_aware.maximal_drop, 0.25);
}

TEST(Overrides, AppendOnePastTheEnd) {
  EXPECT_EQ(configured({"engine.metrics[1]={\"type\": \"accuracy\", \"top_k\": 5}"}).engine.metrics[1].name,
            "accuracy@top5");
  EXPECT_THAT(problem("engine.metrics[2].top_k=5"), HasSubstr("--set engine.metrics[2].top_k: there is no such place"));
}

TEST(Overrides, MeanTheKeyThatHasAnEffect) {
  const Config config = configured({"weights={\"granularity\": \"pertensor\"}"});
  EXPECT_EQ(config.compression.quantization.weights.granularity, Granularity::PerTensor) << "model.weights has none";
}

TEST(Overrides, MeanTheSectionThatIsThere) {
  EXPECT_EQ(configured({"limit=3"}).engine.validation->data.limit, 3);
  EXPECT_EQ(configured({"labels=x.npy"}).engine.validation->data.labels, "/folder/x.npy");
  const Config images = configured({"calibration.data={\"type\": \"cifar10\", \"path\": \"x\"}",
                                    "engine.preprocess={\"layout\": \"NCHW\"}", "crop.height=5", "crop.width=4"});
  EXPECT_EQ(images.engine.calibration->preprocess.crop_height, 5);
  EXPECT_EQ(images.engine.calibration->preprocess.crop_width, 4);
}

TEST(Overrides, RefuseAmbiguousNamesAndListThem) {
  const auto of_two_sides = [](const std::string& text) {
    const auto config = parse_config(kDocument, "/folder", "c.json",
                                     {"engine.calibration={\"data\": {\"type\": \"npy\", \"path\": \"c.npy\"}}", text});
    return config ? "none" : config.error().message;
  };
  EXPECT_THAT(of_two_sides("limit=3"), HasSubstr("write one of engine.calibration.limit, engine.validation.limit"));
  EXPECT_THAT(of_two_sides("path=x"), HasSubstr("engine.calibration.data.path"));
  EXPECT_THAT(problem("divide_by=2"), HasSubstr("means several parameters"))
      << "of all images, or of those for validation";
}

TEST(Overrides, SetParametersOfTheAlgorithmThatThereIsByDefault) {
  const std::string plain = R"({"model": {"model": "m.onnx"},
    "engine": {"calibration": {"data": {"type": "npy", "path": "c.npy"}}}})";
  for (const std::string compression : {"", R"(, "compression": {})", R"(, "compression": {"algorithms": []})",
                                        R"(, "compression": {"algorithms": null})"}) {
    const std::string text = plain.substr(0, plain.size() - 1) + compression + "}";
    const auto config = parse_config(text, "/folder", "c.json", {"weights.granularity=pertensor", "preset=mixed"});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->compression.algorithm, "DefaultQuantization");
    EXPECT_EQ(config->compression.quantization.weights.granularity, Granularity::PerTensor);
    EXPECT_EQ(config->compression.quantization.preset, Preset::Mixed);
    const auto other = parse_config(text, "/folder", "c.json",
                                    {"weights.granularity=pertensor", "algorithms[0].name=AccuracyAwareQuantization"});
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_EQ(other->compression.algorithm, "AccuracyAwareQuantization");
  }
  const auto written = parse_config(plain.substr(0, plain.size() - 1) + R"(, "compression": {"algorithms": [{}]}})",
                                    "/folder", "c.json", {"seed=1"});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("algorithms[0].name: missing"));
}

TEST(Overrides, RefuseUnknownNamesAndProposeTheNearest) {
  EXPECT_THAT(problem("maximal_dorp=1"),
              HasSubstr("--set maximal_dorp: unknown parameter (did you mean \"maximal_drop\"?)"));
  EXPECT_THAT(problem("engine.thread=1"), HasSubstr("engine.thread: unknown key (did you mean \"threads\"?)"));
}

TEST(Overrides, RefuseMalformedText) {
  for (const auto* text : {"maximal_drop", "=3", ""})
    EXPECT_THAT(problem(text), HasSubstr("key=value is needed")) << text;
  for (const auto* text :
       {"a..b=1", "engine.metrics[x].top_k=1", "engine.metrics[0.top_k=1", ".=1", "engine.metrics[-1].top_k=1"}) {
    EXPECT_THAT(problem(text), HasSubstr("not a path")) << text;
  }
  EXPECT_THAT(problem("model.model.x=1"), HasSubstr("there is no such place"));
}

TEST(Overrides, AreCheckedLikeTheRest) { EXPECT_THAT(problem("maximal_drop=-1"), HasSubstr("allowed is 0 or more")); }

}  // namespace
}  // namespace quantrail
