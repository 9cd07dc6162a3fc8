#include <gmock/gmock.h>

#include <atomic>
#include <numeric>

#include "evaluate/evaluator.h"
#include "evaluate/fakes.h"
#include "evaluate/token_network.h"

namespace quantrail {
namespace {

using testing_evaluate::Largest;
using testing_evaluate::token_network;
using testing_evaluate::Tokens;

/// Counts how often it is asked, as a program is.
class Counted final : public Largest {
 public:
  explicit Counted(std::atomic<int>& calls) : Largest(1000, "counted"), calls_(calls) {}
  [[nodiscard]] Judge judge() const override { return Judge::Command; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    ++calls_;
    return Largest::of_sample(outputs, truth);
  }

 private:
  std::atomic<int>& calls_;
};

Evaluation evaluated(const std::vector<std::shared_ptr<const Metric>>& metrics, const EvaluationRequest& request) {
  const auto data = std::make_shared<Tokens>(std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 1, 2});
  const auto evaluator = Evaluator::create(token_network(8), data, metrics, {.threads = 2});
  EXPECT_TRUE(evaluator) << evaluator.error().message;
  auto evaluation = evaluator->evaluated(request, {});
  EXPECT_TRUE(evaluation) << evaluation.error().message;
  evaluation->seconds = 0.0;
  return *evaluation;
}

TEST(LeftOut, IsNeitherComputedNorAnswered) {
  std::atomic<int> calls = 0;
  const auto largest = std::make_shared<Largest>();
  const auto counted = std::make_shared<Counted>(calls);
  EvaluationRequest request{.samples = std::vector<std::size_t>(10)};
  std::iota(request.samples.begin(), request.samples.end(), std::size_t{0});
  const auto both = evaluated({largest, counted}, request);
  EXPECT_EQ(calls, 10);
  EXPECT_EQ(both.metrics.at("counted"), both.metrics.at("largest"));
  request.left_out = {"counted"};
  const auto one = evaluated({largest, counted}, request);
  EXPECT_EQ(calls, 10);
  EXPECT_EQ(one, evaluated({largest}, request)) << "as if there were no such metric";
}

}  // namespace
}  // namespace quantrail
