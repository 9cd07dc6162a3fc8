// Metrics that compare with the float model, which runs beside the models that are measured.
#include <gmock/gmock.h>

#include <numeric>

#include "evaluate/evaluator.h"
#include "evaluate/fakes.h"
#include "metrics/registry.h"

namespace quantrail {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using testing_evaluate::CountingData;

constexpr std::int64_t kInputs = 6;
constexpr std::int64_t kOutputs = 4;
constexpr std::size_t kAll = 90;

/// Two outputs: s, all zeros, and y = x W + `shift`.
Graph network(float shift = 0.0F) {
  std::vector<float> weights;
  for (std::int64_t at = 0; at < kInputs * kOutputs; ++at)
    weights.push_back(static_cast<float>((at * 5) % 13 - 6) / 6.0F);
  Graph graph{.name = "small", .opset = 13};
  graph.inputs = {{"x", ElementType::Float32, {-1, kInputs}, {"N", ""}}};
  graph.outputs = {{"s", ElementType::Float32, {-1, kInputs}, {"N", ""}},
                   {"y", ElementType::Float32, {-1, kOutputs}, {"N", ""}}};
  graph.constants["w"] = std::make_shared<Tensor>(Tensor::of<float>({kInputs, kOutputs}, weights));
  graph.constants["b"] =
      std::make_shared<Tensor>(Tensor::of<float>({kOutputs}, std::vector<float>{shift, 0.0F, 0.0F, 0.0F}));
  graph.nodes = {{.name = "sub", .op = "Sub", .inputs = {"x", "x"}, .outputs = {"s"}},
                 {.name = "fc", .op = "Gemm", .inputs = {"x", "w", "b"}, .outputs = {"y"}}};
  return graph;
}

/// Five levels for x and for each column of w: far from float.
Quantization coarse() {
  Quantization q;
  q.activations["x"] = {.scale = 0.5F, .zero_point = 128};
  q.layers["fc"] = {.weights = WeightParams{.axis = 1, .scale = std::vector<float>(kOutputs, 0.5F)}};
  q.groups = {{"fc", {"fc"}}};
  return q;
}

std::vector<std::shared_ptr<const Metric>> fidelity_metrics(std::int64_t output) {
  std::vector<std::shared_ptr<const Metric>> metrics;
  for (const auto* type : {"agreement", "cosine", "nmse"})
    metrics.push_back(make_metric({.type = type, .name = type, .output = output}).value());
  return metrics;
}

Evaluation evaluated(const Quantization* q, const EvaluatorOptions& options, std::int64_t output = 1) {
  const auto data = std::make_shared<CountingData>(kAll, kInputs, kOutputs);
  auto evaluator = Evaluator::create(network(), data, fidelity_metrics(output), options);
  EXPECT_TRUE(evaluator) << evaluator.error().message;
  EvaluationRequest request{.variant = {.quantization = q}};
  request.samples.resize(kAll);
  std::iota(request.samples.begin(), request.samples.end(), std::size_t{0});
  auto evaluation = evaluator->evaluated(request, {});
  EXPECT_TRUE(evaluation) << evaluation.error().message;
  return std::move(*evaluation);
}

TEST(FidelityInEvaluator, IsPerfectForTheFloatModel) {
  const auto evaluation = evaluated(nullptr, {.threads = 2});
  EXPECT_THAT(evaluation.per_sample.at("agreement"), Each(1.0));
  EXPECT_THAT(evaluation.per_sample.at("cosine"), Each(1.0));
  EXPECT_THAT(evaluation.per_sample.at("nmse"), Each(0.0));
}

TEST(FidelityInEvaluator, MeasuresQuantizedModelsAgainstIt) {
  const Quantization q = coarse();
  const auto evaluation = evaluated(&q, {.threads = 2});
  EXPECT_GT(evaluation.metrics.at("nmse"), 1e-4);
  EXPECT_LT(evaluation.metrics.at("nmse"), 0.5);
  EXPECT_LT(evaluation.metrics.at("cosine"), 1.0);
  EXPECT_GT(evaluation.metrics.at("cosine"), 0.8);
  EXPECT_LE(evaluation.metrics.at("agreement"), 1.0);
  EXPECT_THAT(evaluated(&q, {}, 0).per_sample.at("nmse"), Each(0.0)) << "of the other output";
}

TEST(FidelityInEvaluator, IsTheSameWhateverMemoryAndThreads) {
  const Quantization q = coarse();
  const auto one = evaluated(&q, {.threads = 1});
  EXPECT_EQ(evaluated(&q, {.threads = 3, .reference_bytes = 0}).per_sample, one.per_sample);
}

TEST(FidelityInEvaluator, ComparesWithAnotherNetworkWhereOneIsGiven) {
  const Graph other = network(0.25F);
  const auto evaluation = evaluated(nullptr, {.threads = 1, .reference = &other});
  EXPECT_GT(evaluation.metrics.at("nmse"), 0.0);
  EXPECT_LT(evaluation.metrics.at("cosine"), 1.0);
}

TEST(FidelityInEvaluator, NamesAnOutputThatIsNotThere) {
  const auto data = std::make_shared<CountingData>(kAll, kInputs, kOutputs);
  const auto evaluator = Evaluator::create(network(), data, fidelity_metrics(2), {});
  ASSERT_FALSE(evaluator);
  EXPECT_THAT(evaluator.error().message, HasSubstr("output 2 is asked for, the network has 2"));
}

/// `network()` for six samples, with its output y also turned: [4,6], or where `square` for four, [4,4].
Graph with_turned_output(bool square) {
  Graph graph = network();
  graph.inputs[0].shape[0] = square ? 4 : 6;
  graph.nodes.push_back({.name = "turned", .op = "Transpose", .inputs = {"y"}, .outputs = {"t"}});
  graph.outputs.push_back({"t", ElementType::Float32, {-1, -1}, {"", ""}});
  return graph;
}

TEST(FidelityInEvaluator, AsksOnlyOutputsThatAreReadForABatch) {
  const auto data = std::make_shared<CountingData>(24, kInputs, kOutputs);
  for (const bool square : {false, true}) {
    const auto made = Evaluator::create(with_turned_output(square), data, fidelity_metrics(1), {});
    ASSERT_TRUE(made) << made.error().message;
    const Quantization q = coarse();
    EvaluationRequest request{.variant = {.quantization = &q}, .samples = {0, 1, 2, 3, 4, 5, 6, 7}};
    auto whole = evaluated(&q, {.threads = 1}).per_sample.at("nmse");
    whole.resize(request.samples.size());
    const auto found = made->evaluated(request, {});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->per_sample.at("nmse"), Pointwise(DoubleNear(1e-6), whole));
    const auto refused = Evaluator::create(with_turned_output(square), data, fidelity_metrics(2), {});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("output \"t\" of the model is float32 [4,"));
  }
}

}  // namespace
}  // namespace quantrail
