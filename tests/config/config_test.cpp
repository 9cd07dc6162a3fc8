#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "config/config.h"
#include "config/config_text.h"
#include "config/operator_names.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing_config::parsed;
using testing_config::problem;
using testing_config::with;
using testing_config::with_params;

TEST(Config, NeedsOnlyAModel) {
  const auto config = parsed(R"({"model": {"model": "nets/m.onnx"}})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->model, "/folder/nets/m.onnx");
  EXPECT_EQ(config->model_name, "m");
  EXPECT_EQ(config->compression.algorithm, "DefaultQuantization");
  EXPECT_EQ(config->compression.quantization, QuantizationParams{});
  EXPECT_FALSE(config->engine.validation);
  EXPECT_THAT(config->notes, Contains(HasSubstr("compression.algorithms is not given")));
}

TEST(Config, NamesAMissingModel) { EXPECT_EQ(problem("{}"), "c.json: model.model: missing: the path of an ONNX file"); }

TEST(Config, TakesComments) {
  EXPECT_EQ(problem("// first\n{\"model\": /* here */ {\"model\": \"m.onnx\"}}\n"), "none");
}

TEST(Config, SaysWhereTheSyntaxIsWrong) {
  EXPECT_THAT(problem("{\n  \"model\": {\"model\" 3}}"), HasSubstr("c.json: line 2, column "));
  EXPECT_THAT(problem(""), HasSubstr("line 1, column 1: not valid JSON: unexpected end"));
  EXPECT_EQ(problem("{\"model\": {\n  \"model\": \"m\", // a comment\n  \"model\"\n: \"n\"}}"),
            "c.json: line 3: the key \"model\" is given twice");
  EXPECT_THAT(problem("[1]"), HasSubstr("the configuration: found [1] (a list), an object is needed"));
  EXPECT_THAT(problem(std::string(5000, '[')), HasSubstr("more than 100 levels"));
  EXPECT_THAT(problem("{\"model\": \"\xFF\"}"), HasSubstr("not valid JSON"));
}

TEST(Config, KnowsUtf16) {
  const auto wide = [](std::string text, std::size_t zero) {
    for (std::size_t at = zero; at < text.size() + zero; at += 2) text.insert(at, 1, '\0');
    return text;
  };
  const std::string text = "{\"model\": {}}";
  for (const auto& written : {"\xFF\xFE" + wide(text, 1), "\xFE\xFF" + wide(text, 0), wide(text, 1), wide(text, 0)})
    EXPECT_EQ(problem(written), "c.json: the text is UTF-16: save it as UTF-8");
  EXPECT_EQ(problem("\xEF\xBB\xBF{}"), problem("{}"));
}

TEST(Config, SaysWhatIsWrongWithTheSyntax) {
  EXPECT_EQ(problem("{\"a\": 0.001, // here\n}"), "c.json: line 2, column 1: not valid JSON: a comma before }");
  EXPECT_EQ(problem("{\"a\": [1, 2,]}"), "c.json: line 1, column 13: not valid JSON: a comma before ]");
  EXPECT_EQ(problem("{\"a\": \"/*\",\n \"b\": 1 /* never\n" + std::string(5000, 'x')),
            "c.json: line 2, column 9: not valid JSON: a comment that does not end");
  EXPECT_EQ(problem("{\"a\": 1,\n  3}"), "c.json: line 2, column 3: not valid JSON: unexpected 3");
  EXPECT_EQ(problem("{\"a\": tru" + std::string(100, 'x') + "}"),
            "c.json: line 1, column 10: not valid JSON: unexpected \"a\": trux");
  EXPECT_LT(problem("{\"a\": \"" + std::string(5000, 'x')).size(), 100U);
}

TEST(Config, NamesUnknownKeysAndTheNearestOne) {
  EXPECT_EQ(problem(with_params(R"("maximal_dorp": 0.1)")),
            "c.json: compression.algorithms[0].params.maximal_dorp: unknown key (did you mean \"maximal_drop\"?)");
  EXPECT_THAT(problem(with(R"("engin": {})")), HasSubstr("engin: unknown key (did you mean \"engine\"?)"));
}

TEST(Config, SaysWhereAMisplacedKeyBelongs) {
  EXPECT_THAT(problem(with(R"("compression": {"maximal_drop": 0.1})")),
              HasSubstr("it is a key of compression.algorithms[0].params"));
}

TEST(Config, NamesWrongTypes) {
  EXPECT_EQ(problem(with_params(R"("maximal_drop": "much")")),
            "c.json: compression.algorithms[0].params.maximal_drop: found \"much\" (a text), a number is needed");
  EXPECT_THAT(problem(with_params(R"("stat_subset_size": 1.5)")),
              HasSubstr("found 1.5 (a number), an integer is needed"));
  EXPECT_THAT(problem(with_params(R"("shuffle_data": 1)")), HasSubstr("found 1 (an integer), true or false is needed"));
  EXPECT_THAT(problem(with_params(R"("ignored": {"scope": "conv1"})")),
              HasSubstr("ignored.scope: found \"conv1\" (a text), a list of texts"));
  EXPECT_THAT(problem(with(R"("engine": [])")), HasSubstr("engine: found [] (a list), an object is needed"));
  EXPECT_THAT(problem(R"({"model": {"model": 3}})"), HasSubstr("model.model: found 3 (an integer), a text is needed"));
}

TEST(Config, ChecksRanges) {
  EXPECT_EQ(problem(with_params(R"("maximal_drop": -0.01)")),
            "c.json: compression.algorithms[0].params.maximal_drop: found -0.01, allowed is 0 or more");
  EXPECT_THAT(problem(with_params(R"("stat_subset_size": 0)")), HasSubstr("found 0, allowed is 1 or more"));
  EXPECT_THAT(problem(with_params(R"("ranking_subset_size": -3)")), HasSubstr("allowed is 1 or more"));
  EXPECT_THAT(problem(with(R"("engine": {"threads": -1})")),
              HasSubstr("engine.threads: found -1, allowed is 0 to 4096"));
  EXPECT_THAT(problem(with(
                  R"("engine": {"preprocess": {"std": 0}, "validation": {"data": {"type": "cifar10", "path": "x"}}})")),
              HasSubstr("engine.preprocess.std: found 0, allowed is above 0"));
  EXPECT_THAT(problem(with_params(R"("stat_subset_size": 99999999999999999999)")), HasSubstr("an integer is needed"));
}

TEST(Config, TakesWholeNumbersWrittenAsReals) {
  EXPECT_EQ(parsed(with_params(R"("stat_subset_size": 3e2)"))->compression.quantization.stat_subset_size, 300);
}

TEST(Config, ReadsPotsParameters) {
  const auto config = parsed(with_params(R"("preset": "mixed", "stat_subset_size": 100, "shuffle_data": true, "seed": 7,
      "threshold": 3.5, "ignored": {"scope": ["a", "b*"], "operations": [{"type": "MatMul"}, {"type": "Softmax"}]},
      "maximal_drop": 0.02, "drop_type": "relative", "max_iter_num": 9, "ranking_subset_size": 50,
      "search": "bisect", "prune": true, "start_reverted": ["a", "b"], "metric_subset_ratio": 0.25, "convert_to_mixed_preset": true,
      "tune_hyperparams": true, "ranking_signal": "distance", "ranking_mode": "race", "correct_again": true,
      "compatibility": "pot",
      "use_prev_if_drop_increase": false, "metrics": [{"name": "accuracy@top5", "baseline_value": 0.9}],
      "revert_mode": "compute")"));
  ASSERT_TRUE(config) << config.error().message;
  const QuantizationParams quantization{.preset = Preset::Mixed,
                                        .stat_subset_size = 100,
                                        .shuffle_data = true,
                                        .seed = 7,
                                        .threshold = 3.5,
                                        .saturation_fix = "first_layer",
                                        .ignored = {{"a", "b*"}, {{"MatMul", {}}, {"Softmax", {}}}},
                                        .as_pot = true,
                                        .embeddings = false};
  EXPECT_EQ(config->compression.quantization, quantization);
  const AccuracyAwareParams accuracy_aware{.maximal_drop = 0.02,
                                           .drop_type = DropType::Relative,
                                           .max_iter_num = 9,
                                           .ranking_subset_size = 50,
                                           .metric_subset_ratio = 0.25,
                                           .use_prev_if_drop_increase = false,
                                           .convert_to_mixed_preset = true,
                                           .tune_hyperparams = true,
                                           .metrics = {{"accuracy@top5", 0.9}},
                                           .revert_mode = "compute",
                                           .search = SearchOrder::Bisect,
                                           .prune = true,
                                           .start_reverted = {"a", "b"},
                                           .ranking_signal = RankingSignal::Distance,
                                           .ranking_mode = RankingMode::Race,
                                           .correct_again = true,
                                           .compatibility = Compatibility::Pot};
  EXPECT_EQ(config->compression.accuracy_aware, accuracy_aware);
}

TEST(Config, HasPotsDefaults) {
  const auto config = parsed(with_params(""));
  EXPECT_EQ(config->compression.quantization, QuantizationParams{});
  EXPECT_EQ(config->compression.accuracy_aware, AccuracyAwareParams{});
  EXPECT_EQ(config->compression.accuracy_aware.maximal_drop, 0.01);
  EXPECT_THAT(config->notes, Contains(HasSubstr("params.preset is not given: performance.")));
  EXPECT_THAT(config->notes, Contains(HasSubstr("params.maximal_drop is not given: 0.01.")));
  EXPECT_THAT(config->notes, Contains(HasSubstr("the drops of all of engine.metrics are controlled")));
}

TEST(Config, KnowsTheOtherNamesOfPresets) {
  const auto preset = [](const std::string& name) {
    return parsed(with_params("\"preset\": \"" + name + "\""))->compression.quantization.preset;
  };
  EXPECT_EQ(preset("performance"), Preset::Performance);
  EXPECT_EQ(preset("symmetric"), Preset::Performance);
  EXPECT_EQ(preset("mixed"), Preset::Mixed);
  EXPECT_EQ(preset("accuracy"), Preset::Mixed);
  EXPECT_EQ(preset("asymmetric"), Preset::Mixed);
  EXPECT_THAT(parsed(with_params(R"("preset": "accuracy")"))->notes,
              Contains(HasSubstr("\"accuracy\" is treated as \"mixed\"")));
  EXPECT_THAT(problem(with_params(R"("preset": "mixd")")),
              HasSubstr("found \"mixd\" (did you mean \"mixed\"?), allowed are performance"));
}

TEST(Config, TakesThePresetBesideTheAlgorithms) {
  EXPECT_EQ(parsed(with(R"("compression": {"preset": "mixed"})"))->compression.quantization.preset, Preset::Mixed);
  EXPECT_THAT(problem(with(R"("compression": {"preset": "mixed", "algorithms":
      [{"name": "DefaultQuantization", "params": {"preset": "performance"}}]})")),
              HasSubstr("differs from compression.preset"));
}

TEST(Config, ServesCpuTargets) {
  const auto target = [](const std::string& name) {
    return parsed(with(R"("compression": {"target_device": ")" + name + "\"}"));
  };
  EXPECT_EQ(target("ANY")->compression.target_device, "ANY");
  EXPECT_EQ(target("GPU")->compression.target_device, "CPU");
  EXPECT_THAT(target("GPU")->notes, Contains(HasSubstr("GPU is treated as CPU")));
  for (const auto* name : {"GNA", "GNA3", "VPU", "NPU"}) {
    EXPECT_EQ(target(name).error().cause, Cause::Unsupported);
    EXPECT_THAT(target(name).error().message, HasSubstr(std::string(name) + " is not supported by this version"));
  }
  EXPECT_EQ(target("TPU").error().cause, Cause::InvalidInput);
}

TEST(Config, RefusesWhatThisVersionDoesNotServe) {
  for (const auto* param : {R"("base_algorithm": "MinMaxQuantization")", R"("use_layerwise_tuning": true)",
                            R"("ignored": {"skip_model": true})"}) {
    const auto config = parsed(with_params(param));
    ASSERT_FALSE(config) << param;
    EXPECT_EQ(config.error().cause, Cause::Unsupported) << param;
    EXPECT_THAT(config.error().message, HasSubstr("not supported by this version")) << param;
  }
  EXPECT_THAT(problem(with_params(R"("use_layerwise_tuning": true)")),
              HasSubstr("params.use_layerwise_tuning: true is not supported by this version, only false"));
}

TEST(Config, AcceptsTheSameKeysAtPotsDefault) {
  EXPECT_EQ(problem(with_params(R"("use_fast_bias": true, "weights": {}, "activations": {}, "range_estimator": null,
      "layerwise_configs": [], "tune_hyperparams": false, "convert_to_mixed_preset": false, "annotation_free": false,
      "base_algorithm": "DefaultQuantization", "model_type": "None", "use_layerwise_tuning": false,
      "saturation_fix": "first_layer", "metric_subset_ratio": 0.5, "target_device": "CPU")")),
            "none");
}

TEST(Config, KnowsWhichLayersToKeepFromSaturating) {
  const auto fix = [](const std::string& value) {
    return parsed(with_params(R"("saturation_fix": )" + value))->compression.quantization.saturation_fix;
  };
  EXPECT_EQ(fix("null"), "measured");
  EXPECT_EQ(fix(R"(null, "compatibility": "pot")"), "first_layer");
  EXPECT_EQ(fix(R"("measured", "compatibility": "pot")"), "measured");
  EXPECT_EQ(fix(R"("first_layer")"), "first_layer");
  EXPECT_EQ(fix(R"("all")"), "all");
  EXPECT_EQ(fix(R"("no")"), "no");
  EXPECT_THAT(problem(with_params(R"("saturation_fix": "none")")), HasSubstr("params.saturation_fix: found \"none\""));
}

TEST(Config, TakesOneAlgorithm) {
  EXPECT_THAT(
      problem(
          with(R"("compression": {"algorithms": [{"name": "DefaultQuantization"}, {"name": "DefaultQuantization"}]})")),
      HasSubstr("compression.algorithms: found 2 algorithms"));
  EXPECT_THAT(problem(with_params("", "MinMaxQuantization")),
              HasSubstr("MinMaxQuantization is not supported by this version"));
  EXPECT_THAT(problem(with_params("", "DefaultQuantisation")), HasSubstr("did you mean \"DefaultQuantization\"?"));
  EXPECT_THAT(problem(with(R"("compression": {"algorithms": [{}]})")), HasSubstr("algorithms[0].name: missing"));
}

TEST(Config, NotesKeysWithoutEffect) {
  const auto config = parsed(R"({"model": {"model": "m.onnx", "weights": "m.bin"}, "engine": {"type": "simplified",
      "device": "CPU", "stat_requests_number": 4, "eval_requests_number": 4},
      "compression": {"inplace_statistics": true, "dump_intermediate_model": true}})");
  ASSERT_TRUE(config) << config.error().message;
  for (const auto* key :
       {"model.weights", "engine.type", "engine.device", "engine.stat_requests_number", "engine.eval_requests_number",
        "compression.inplace_statistics", "compression.dump_intermediate_model"}) {
    EXPECT_THAT(config->notes, Contains(HasSubstr(std::string(key) + " has no effect"))) << key;
  }
}

TEST(Config, PointsFromAccuracyCheckerToItsOwnSections) {
  const auto config = parsed(with(R"("engine": {"config": "checker.yml"})"));
  EXPECT_EQ(config.error().cause, Cause::Unsupported);
  EXPECT_THAT(config.error().message,
              HasSubstr("engine.config: not supported by this version; describe the data in engine.calibration"));
}

TEST(Config, SaysWhatPotsOperatorTypesMean) {
  const auto config = parsed(with_params(R"("ignored": {"operations": ["Convolution", "Add", "MatMul"]})"));
  EXPECT_THAT(config->notes, Contains(HasSubstr("\"Convolution\" means the ONNX operators Conv")));
  EXPECT_THAT(config->notes, Contains(HasSubstr("\"MatMul\" means the ONNX operators Gemm, MatMul")));
  EXPECT_THAT(onnx_operators("AvgPool"), ElementsAre("AveragePool", "GlobalAveragePool"));
  EXPECT_THAT(onnx_operators("Conv"), ElementsAre("Conv"));
}

TEST(Config, ReadsAttributesOfIgnoredOperators) {
  const auto config = parsed(with_params(R"("ignored": {"operations": [{"type": "Conv", "attributes":
      {"group": 32.0, "strides": [2, 2], "alpha": 0.5, "factors": [1, 0.5], "auto_pad": "VALID", "transB": true}}]})"));
  ASSERT_TRUE(config) << config.error().message;
  const std::map<std::string, AttributeValue> attributes{{"group", std::int64_t{32}},
                                                         {"strides", std::vector<std::int64_t>{2, 2}},
                                                         {"alpha", 0.5},
                                                         {"factors", std::vector<double>{1.0, 0.5}},
                                                         {"auto_pad", std::string("VALID")},
                                                         {"transB", std::int64_t{1}}};
  EXPECT_THAT(config->compression.quantization.ignored.operations, ElementsAre(IgnoredOperation{"Conv", attributes}));
  const auto again = parse_config(config->effective_json, "/elsewhere", "stored", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->compression, config->compression);
}

TEST(Config, RefusesAttributesThatAreNoValues) {
  EXPECT_THAT(problem(with_params(R"("ignored": {"operations": [{"type": "Conv", "attributes": {"group": {}}}]})")),
              HasSubstr("ignored.operations[0].attributes: group: found {} (an object), a number, a text or a list"));
  EXPECT_THAT(
      problem(with_params(R"("ignored": {"operations": [{"type": "Conv", "attributes": {"pads": [1, "a"]}}]})")),
      HasSubstr("a number, a text or a list of them is needed"));
  EXPECT_THAT(problem(with_params(R"("ignored": {"operations": [{"type": "Conv", "attributes": [1]}]})")),
              HasSubstr("attributes: found [1] (a list), an object of attribute names and values is needed"));
}

TEST(Config, SaysWhyNoWholeModelIsSkipped) {
  EXPECT_THAT(problem(with_params(R"("ignored": {"skip_model": true})")), HasSubstr("a run has one network"));
}

TEST(Config, TakesTheModelTypeInPotsSpellingsAndPlaces) {
  const auto in_params = [](const std::string& value) {
    return parsed(with_params("\"model_type\": " + value))->compression.quantization.model_type;
  };
  for (const auto* value : {"\"None\"", "\"none\"", "null"}) EXPECT_EQ(in_params(value), ModelType::None) << value;
  for (const auto* value : {"\"transformer\"", "\"Transformer\""})
    EXPECT_EQ(in_params(value), ModelType::Transformer) << value;
  const auto outside = parsed(R"({"model": {"model": "m.onnx"}, "compression": {"model_type": "Transformer"}})");
  EXPECT_EQ(outside->compression.quantization.model_type, ModelType::Transformer);
  const auto around = parsed(R"({"model": {"model": "m.onnx"}, "compression": {"model_type": "Transformer",
      "algorithms": [{"name": "DefaultQuantization"}]}})");
  EXPECT_EQ(around->compression.quantization.model_type, ModelType::Transformer);
  EXPECT_EQ(parse_config(around->effective_json, "/elsewhere", "stored", {})->compression, around->compression);
  EXPECT_THAT(problem(with_params(R"("model_type": "transfomer")")), HasSubstr("did you mean \"transformer\"?"));
}

TEST(Paths, ExpandEnvironmentVariables) {
  ::setenv("QUANTRAIL_TEST_FOLDER", "/data", 1);
  EXPECT_EQ(parsed(R"({"model": {"model": "${QUANTRAIL_TEST_FOLDER}/a/../m.onnx"}})")->model, "/data/m.onnx");
  EXPECT_THAT(problem(R"({"model": {"model": "${QUANTRAIL_TEST_UNSET}/m.onnx"}})"),
              HasSubstr("model.model: the environment variable QUANTRAIL_TEST_UNSET is not set"));
  EXPECT_THAT(problem(R"({"model": {"model": "${QUANTRAIL"}})"), HasSubstr("has no closing }"));
  EXPECT_EQ(parsed(R"({"model": {"model": "$${x}.onnx"}})")->model, "/folder/${x}.onnx");
  EXPECT_THAT(problem(R"({"model": {"model": ""}})"), HasSubstr("found an empty text"));
}

TEST(EffectiveJson, IsReadBackToTheSameConfiguration) {
  const auto config = parsed(with_params(
      R"("preset": "mixed", "stat_subset_size": 100, "saturation_fix": "all", "ignored": {"scope": ["a"], "operations": ["MatMul"]},
      "maximal_drop": 0.1, "metrics": [{"name": "accuracy@top5", "baseline_value": 0.1, "direction": "higher-better"}],
      "ranking_signal": "metric", "ranking_mode": "race", "compatibility": "pot", "correct_again": true,
      "tune_hyperparams": true, "convert_to_mixed_preset": true, "metric_subset_ratio": 0.2)"));
  ASSERT_TRUE(config) << config.error().message;
  const auto again = parse_config(config->effective_json, "/elsewhere", "stored", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->model, config->model);
  EXPECT_EQ(again->model_name, config->model_name);
  EXPECT_EQ(again->engine, config->engine);
  EXPECT_EQ(again->compression, config->compression);
  EXPECT_EQ(again->effective_json, config->effective_json);
}

TEST(EffectiveJson, HoldsDefaultsAndAbsolutePaths) {
  const auto config = parsed(with_params(""));
  for (const auto* part :
       {"\"maximal_drop\": 0.01", "\"stat_subset_size\": null", "\"seed\": 0", "\"path\": \"/folder/v.npy\"",
        "\"memory_budget_mb\": 1024", "\"use_prev_if_drop_increase\": true"}) {
    EXPECT_THAT(config->effective_json, HasSubstr(part));
  }
}

TEST(EffectiveJson, KeepsPathsThatLookLikeVariables) {
  const auto config = parsed(R"({"model": {"model": "a$$${x}.onnx"}})");
  EXPECT_EQ(config->model, "/folder/a$${x}.onnx");
  EXPECT_EQ(parse_config(config->effective_json, "/", "stored", {})->model, config->model);
}

TEST(LoadConfig, ResolvesPathsAgainstTheFilesFolder) {
  const auto missing = load_config("/nowhere/c.json", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().cause, Cause::InvalidInput);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/c.json"));
  const auto folder = std::filesystem::path(QUANTRAIL_SOURCE_DIR) / "configs";
  const auto config = load_config(folder / "example_cifar10.json", {});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->model, folder / "model.onnx");
  EXPECT_EQ(config->source, folder / "example_cifar10.json");
}

TEST(Notes, AreNotRepeated) {
  auto notes = parsed(with(R"("compression": {"inplace_statistics": true})"))->notes;
  const auto all = notes.size();
  std::sort(notes.begin(), notes.end());
  notes.erase(std::unique(notes.begin(), notes.end()), notes.end());
  EXPECT_EQ(notes.size(), all);
  EXPECT_THAT(
      parse_config(
          parsed(with_params(R"("preset": "mixed", "metrics": [{"name": "accuracy@top1"}], "maximal_drop": 0.1)"))
              ->effective_json,
          "/", "stored", {})
          ->notes,
      IsEmpty());
}

}  // namespace
}  // namespace quantrail
