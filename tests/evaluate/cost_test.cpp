#include "evaluate/cost.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "evaluate/evaluator.h"
#include "evaluate/fakes.h"

namespace quantrail {
namespace {

using testing_evaluate::CountingData;
using testing_evaluate::Largest;

/// As a program of the user's would be.
class LargestByProgram : public Largest {
 public:
  [[nodiscard]] Judge judge() const override { return Judge::Command; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }
};

struct Measured {
  std::vector<std::size_t> blocks{};  ///< samples in each
  Evaluation evaluation{};
};

/// 100 samples of a network that computes next to nothing.
Measured measured(std::vector<std::shared_ptr<const Metric>> metrics) {
  Graph graph{.name = "small", .opset = 13};
  graph.inputs = {{"x", ElementType::Float32, {-1, 3}, {"N", ""}}};
  graph.outputs = {{"y", ElementType::Float32, {-1, 3}, {"N", ""}}};
  graph.nodes = {{.name = "relu", .op = "Relu", .inputs = {"x"}, .outputs = {"y"}}};
  EvaluationRequest request;
  request.samples.resize(100);
  std::iota(request.samples.begin(), request.samples.end(), std::size_t{0});
  Measured out;
  EvaluationHooks hooks;
  hooks.save = [&](const std::vector<FinishedBlock>& blocks) -> Status {
    for (const auto& finished : blocks) out.blocks.push_back(finished.block.per_sample.begin()->second.size());
    return {};
  };
  const auto evaluator =
      Evaluator::create(graph, std::make_shared<CountingData>(100, 3, 3), std::move(metrics), {.threads = 1});
  EXPECT_TRUE(evaluator.has_value()) << evaluator.error().message;
  if (evaluator) out.evaluation = evaluator->evaluated(request, hooks).value();
  return out;
}

TEST(BlockSamples, AreFewWhereAProgramScores) {
  const auto plain = measured({std::make_shared<Largest>()});
  EXPECT_EQ(plain.blocks.size(), 1U);
  const auto often = measured({std::make_shared<Largest>(1000, "other"), std::make_shared<LargestByProgram>()});
  EXPECT_GE(often.blocks.size(), 6U);
  EXPECT_LE(*std::max_element(often.blocks.begin(), often.blocks.end()), 32U);
  EXPECT_EQ(often.evaluation.metrics.at("largest"), plain.evaluation.metrics.at("largest"));
}

TEST(BlockSamples, FollowTheModelsCost) {
  EXPECT_EQ(block_samples({{"conv", 3'000'000'000}, {"fc", 1'000'000'000}}), 75U);
}

TEST(BlockSamples, AreBoundedForTinyAndForHugeModels) {
  EXPECT_EQ(block_samples({}), 512U);
  EXPECT_EQ(block_samples({{"conv", 1}}), 512U);
  EXPECT_EQ(block_samples({{"conv", 900'000'000'000}}), 1U);
}

}  // namespace
}  // namespace quantrail
