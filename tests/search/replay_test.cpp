#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "search/player.h"

namespace quantrail {
namespace {

using testing_search::accuracy_aware;
using testing_search::kFloat;
using testing_search::kSamples;

/// A made-up network: every reverted group regains its share, with noise that is a function of the set alone.
class NoisyNetwork {
 public:
  explicit NoisyNetwork(unsigned seed) : seed_(seed) {}

  [[nodiscard]] Answer answer(const Request& request) const {
    if (std::holds_alternative<EvaluateFloat>(request)) return evaluation(0.0);
    if (std::holds_alternative<Quantize>(request)) {
      Quantized quantized;
      for (std::size_t at = 0; at < kGroups; ++at) quantized.groups.push_back({name(at), {name(at)}, 10});
      return quantized;
    }
    if (const auto* evaluate = std::get_if<Evaluate>(&request)) return evaluation(drop(evaluate->reverted));
    const auto& rank = std::get<Rank>(request);
    Ranked answer;
    for (const auto& candidate : rank.candidates) {
      auto reverted = rank.reverted;
      reverted.push_back(candidate);
      answer.values.push_back({.metric = kFloat - drop(reverted)});
    }
    return answer;
  }

  static constexpr std::size_t kGroups = 12;

 private:
  static std::string name(std::size_t at) { return std::string(1, static_cast<char>('A' + at)); }

  [[nodiscard]] double drop(std::vector<std::string> reverted) const {
    if (reverted.size() == kGroups) return 0.0;  // all of it is float
    std::sort(reverted.begin(), reverted.end());
    unsigned mixed = seed_;
    for (const auto& group : reverted) mixed = mixed * 31U + static_cast<unsigned>(group[0]);
    std::minstd_rand noise(mixed + 1U);
    return 0.05 + 0.02 * (static_cast<double>(noise() % 1000U) / 1000.0 - 0.5) -
           0.002 * static_cast<double>(reverted.size());
  }

  [[nodiscard]] static Evaluation evaluation(double lost) {
    Evaluation out{.samples = kSamples};
    out.metrics["top1"] = kFloat - lost;
    out.per_sample["top1"] = std::vector<double>(kSamples, kFloat - lost);
    return out;
  }

  unsigned seed_;
};

TEST(Search, ReplayedWithTheSameAnswersAsksTheSameFromEveryPoint) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const NoisyNetwork network(seed);
    std::vector<Request> asked;
    std::vector<Answer> answers;
    SearchState state = started(accuracy_aware());
    for (Request request = next(state); !std::holds_alternative<Done>(request); request = next(state)) {
      asked.push_back(request);
      answers.push_back(network.answer(request));
      state = after(std::move(state), answers.back());
    }
    SearchState again = started(accuracy_aware());
    for (std::size_t at = 0; at < asked.size(); ++at) {
      ASSERT_EQ(next(again), asked[at]) << "seed " << seed << ", request " << at;
      again = after(std::move(again), answers[at]);
    }
    EXPECT_EQ(next(again), next(state));
  }
}

TEST(Search, WithoutABoundMeetsTheTargetWhateverTheNoiseInAtMostTwoStepsAGroup) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const NoisyNetwork network(seed);
    SearchState state = started(accuracy_aware());
    Request request = next(state);
    for (; !std::holds_alternative<Done>(request); request = next(state)) {
      state = after(std::move(state), network.answer(request));
      ASSERT_LE(state.trials.size(), 2 * NoisyNetwork::kGroups + 1) << "seed " << seed;
    }
    EXPECT_EQ(std::get<Done>(request).outcome, Outcome::Met) << "seed " << seed;
  }
}

}  // namespace
}  // namespace quantrail
