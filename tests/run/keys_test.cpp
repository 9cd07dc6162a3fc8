#include "run/keys.h"

#include <gtest/gtest.h>

#include "run/fakes.h"

namespace quantrail {
namespace {

using testing_run::chain_inputs;
using testing_run::FakeData;
using testing_run::FakeMetric;

struct Asked {
  RunInputs inputs = chain_inputs();
  RuntimeInfo runtime{.backend = "oneDNN 2.6.3", .isa = "avx512_vnni", .int8_exact = true, .numerics_revision = 1};
  EvaluationIdentity identity{.quantization = Digest{}, .reverted = {"a", "b"}};
  std::vector<std::size_t> samples{0, 1, 2};
  [[nodiscard]] Digest key() const { return evaluation_key(inputs, runtime, identity, samples); }
};

TEST(EvaluationKey, ChangesWithEverythingThatCanChangeTheAnswer) {
  const std::vector<std::pair<const char*, std::function<void(Asked&)>>> changes{
      {"model", [](Asked& a) { a.inputs.model = Hasher().add("other").finish(); }},
      {"data", [](Asked& a) { a.inputs.validation = std::make_shared<FakeData>(10, "other"); }},
      {"metric", [](Asked& a) { a.inputs.metrics = {std::make_shared<FakeMetric>("top1", "accuracy k=5")}; }},
      {"metric's name", [](Asked& a) { a.inputs.metrics = {std::make_shared<FakeMetric>("top5")}; }},
      {"another metric", [](Asked& a) { a.inputs.metrics.push_back(std::make_shared<FakeMetric>("top5")); }},
      {"backend", [](Asked& a) { a.runtime.backend = "oneDNN 3"; }},
      {"instruction set", [](Asked& a) { a.runtime.isa = "avx2"; }},
      {"saturation", [](Asked& a) { a.runtime.int8_exact = false; }},
      {"wide tiles", [](Asked& a) { a.runtime.wide_tiles = true; }},
      {"numerics", [](Asked& a) { a.runtime.numerics_revision = 2; }},
      {"float", [](Asked& a) { a.identity.quantization = std::nullopt; }},
      {"quantization", [](Asked& a) { a.identity.quantization = Hasher().add("q").finish(); }},
      {"groups", [](Asked& a) { a.identity.reverted = {"a"}; }},
      {"groups' borders", [](Asked& a) { a.identity.reverted = {"ab"}; }},
      {"mode", [](Asked& a) { a.identity.revert_mode = RevertMode::Compute; }},
      {"distance", [](Asked& a) { a.identity.distance = true; }},
      {"samples",
       [](Asked& a) {
         a.samples = {0, 1, 3};
       }},
      {"their order",
       [](Asked& a) {
         a.samples = {0, 2, 1};
       }},
  };
  std::set<Digest> keys{Asked().key()};
  for (const auto& [what, change] : changes) {
    Asked asked;
    change(asked);
    EXPECT_TRUE(keys.insert(asked.key()).second) << what;
  }
}

TEST(EvaluationKey, OfAQuestionWithoutAMetricIsThatWhereThereIsNone) {
  Asked without;
  without.inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  without.identity.left_out = {"top5"};
  EXPECT_EQ(without.key(), Asked().key());
}

TEST(EvaluationKey, DoesNotChangeWithTheModeWhereNothingIsReverted) {
  Asked full;
  full.identity.reverted.clear();
  Asked compute = full;
  compute.identity.revert_mode = RevertMode::Compute;
  EXPECT_EQ(compute.key(), full.key());
}

TEST(EvaluationKey, DoesNotChangeWithThreadsMemoryOrTheSearchsParameters) {
  Asked asked;
  asked.inputs.threads = 7;
  asked.inputs.memory_bytes = 1;
  asked.inputs.compression.accuracy_aware.maximal_drop = 0.5;
  asked.inputs.calibration = nullptr;
  EXPECT_EQ(asked.key(), Asked().key());
}

TEST(StatisticsKey, ChangesWithModelDataSamplesRequestAndNumerics) {
  const RuntimeInfo runtime{.isa = "avx2"};
  const auto key = [&](const RunInputs& inputs, const RuntimeInfo& info, const StatisticsRequest& request,
                       std::vector<std::size_t> samples) {
    return statistics_key(inputs, info, Digest{}, request, samples);
  };
  RunInputs other_model = chain_inputs();
  other_model.model = Digest{};
  RunInputs other_data = chain_inputs();
  other_data.calibration = std::make_shared<FakeData>(20, "other");
  const std::set<Digest> keys{key(chain_inputs(), runtime, {.extremes = {"x"}}, {0, 1}),
                              key(other_model, runtime, {.extremes = {"x"}}, {0, 1}),
                              key(other_data, runtime, {.extremes = {"x"}}, {0, 1}),
                              key(chain_inputs(), {.isa = "avx512"}, {.extremes = {"x"}}, {0, 1}),
                              key(chain_inputs(), runtime, {.channel_means = {"x"}}, {0, 1}),
                              key(chain_inputs(), runtime, {.extremes = {"x"}}, {0, 2})};
  EXPECT_EQ(keys.size(), 6U);
}

TEST(SpeedKey, ChangesWithTheSizeOfSamples) {
  const RuntimeInfo runtime{.isa = "avx2"};
  RunInputs other = chain_inputs();
  other.validation = std::make_shared<FakeData>(10, "validation", Shape{96});
  EXPECT_NE(speed_key(other, runtime, Digest{}, {}, RevertMode::Full),
            speed_key(chain_inputs(), runtime, Digest{}, {}, RevertMode::Full));
}

TEST(OutputErrorAndSpoiltKeys, ChangeWithModelDataSamplesQuantizationAndNumerics) {
  const RuntimeInfo runtime{.isa = "avx2"};
  RunInputs other_model = chain_inputs();
  other_model.model = Digest{};
  RunInputs other_data = chain_inputs();
  other_data.calibration = std::make_shared<FakeData>(20, "other");
  const Digest other = Hasher().add("q").finish();
  const std::vector<std::size_t> samples{0, 1};
  const std::set<Digest> keys{output_error_key(chain_inputs(), runtime, Digest{}, samples),
                              output_error_key(other_model, runtime, Digest{}, samples),
                              output_error_key(other_data, runtime, Digest{}, samples),
                              output_error_key(chain_inputs(), {.isa = "avx512"}, Digest{}, samples),
                              output_error_key(chain_inputs(), runtime, other, samples),
                              output_error_key(chain_inputs(), runtime, Digest{}, std::vector<std::size_t>{0, 2})};
  EXPECT_EQ(keys.size(), 6U);
  const std::set<Digest> spoilt{spoilt_key(chain_inputs(), runtime, Digest{}, samples),
                                spoilt_key(other_model, runtime, Digest{}, samples),
                                spoilt_key(other_data, runtime, Digest{}, samples),
                                spoilt_key(chain_inputs(), {.isa = "avx512"}, Digest{}, samples),
                                spoilt_key(chain_inputs(), runtime, other, samples),
                                spoilt_key(chain_inputs(), runtime, Digest{}, std::vector<std::size_t>{0, 2})};
  EXPECT_EQ(spoilt.size(), 6U);
}

}  // namespace
}  // namespace quantrail
