// Evaluations that go on together against the same ones alone.
#include <gmock/gmock.h>

#include "run/samples.h"
#include "run/small_network.h"
#include "run/workbench.h"

namespace quantrail {
namespace {

using testing_run::separable_inputs;

struct Candidates {
  RunInputs inputs = separable_inputs();
  Quantization q{};
  std::vector<EvaluationRequest> requests{};

  explicit Candidates(std::size_t threads = 1, std::size_t memory_bytes = std::size_t{1} << 30U) {
    inputs.threads = threads;
    inputs.memory_bytes = memory_bytes;
    auto made = bench();
    const QuantizationParams params;
    const auto request = made->needed_statistics(params, {}).value();
    const auto samples = all_samples(inputs.calibration->size());
    q = made->quantize(params, {}, made->calibrate({}, request, samples, [](std::size_t) {}, {}).value()).value();
    for (const auto& group : q.groups) {
      EvaluationRequest one{.variant = {.quantization = &q, .reverted = {"pw1", group.name}}, .distance = true};
      for (std::size_t sample = 0; sample < 37; ++sample) one.samples.push_back(sample);
      requests.push_back(std::move(one));
    }
  }
  [[nodiscard]] std::unique_ptr<Workbench> bench() const { return make_workbench(inputs).value(); }
  [[nodiscard]] Variant base() const { return {.quantization = &q, .reverted = {"pw1"}}; }

  [[nodiscard]] std::vector<Evaluation> together(const EvaluationHooks& hooks = {}) const {
    return without_times(bench()->evaluate_together(base(), requests, hooks).value());
  }
  [[nodiscard]] std::vector<Evaluation> apart() const {
    std::vector<Evaluation> all;
    for (const auto& request : requests) all.push_back(bench()->evaluate(request, {}).value());
    return without_times(std::move(all));
  }

 private:
  static std::vector<Evaluation> without_times(std::vector<Evaluation> all) {
    for (auto& one : all) one.seconds = 0.0;
    return all;
  }
};

TEST(Together, IsTheSameAsApartToTheBit) {
  const Candidates one;
  ASSERT_GE(one.requests.size(), 6U);
  const auto apart = one.apart();
  EXPECT_NE(apart[0].distance, apart[3].distance);
  EXPECT_EQ(one.together(), apart);
  EXPECT_EQ(Candidates(3).together(), apart) << "on three threads";
  EXPECT_EQ(Candidates(1, 1).together(), apart) << "with memory for one candidate at a time";
}

TEST(Together, GoesOnWhereItWasStopped) {
  const Candidates candidates;
  const auto whole = candidates.together();
  for (const std::size_t memory : {std::size_t{1} << 30U, std::size_t{1}}) {
    const Candidates some(2, memory);
    EvaluationHooks hooks{.finished = std::vector<std::vector<EvaluationBlock>>(some.requests.size())};
    std::size_t attempts = 0;
    std::size_t done = 0;
    for (;; ++attempts) {
      ASSERT_LT(attempts, 100U);
      std::stop_source stop;
      hooks.stop = stop.get_token();
      std::vector<FinishedBlock> kept;
      hooks.save = [&](const std::vector<FinishedBlock>& blocks) -> Status {
        kept.insert(kept.end(), blocks.begin(), blocks.end());
        return {};
      };
      const std::size_t before = done;
      std::size_t least = 37 * some.requests.size();
      hooks.progress = [&](std::size_t now) {
        least = std::min(least, now);
        done = std::max(done, now);
        if (now >= before + 16) stop.request_stop();
      };
      const auto result = some.bench()->evaluate_together(some.base(), some.requests, hooks);
      for (auto& [request, block] : kept) {
        hooks.finished[request].push_back(std::move(block));
      }
      if (memory > 1) {
        EXPECT_EQ(least, before) << "what was done is not done again";
      }
      if (!result) {
        EXPECT_EQ(result.error().cause, Cause::Cancelled) << result.error().message;
        continue;
      }
      for (std::size_t at = 0; at < whole.size(); ++at) {
        EXPECT_EQ((*result)[at].per_sample, whole[at].per_sample);
        EXPECT_EQ((*result)[at].distance, whole[at].distance);
      }
      break;
    }
    EXPECT_GT(attempts, 0U);
  }
}

TEST(Together, AFailureToSaveEndsIt) {
  const Candidates candidates(2);
  EvaluationHooks hooks;
  hooks.save = [](const std::vector<FinishedBlock>&) -> Status { return fail(Cause::Storage, "no room"); };
  const auto result = candidates.bench()->evaluate_together(candidates.base(), candidates.requests, hooks);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "no room");
}

}  // namespace
}  // namespace quantrail
