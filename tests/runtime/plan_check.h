#pragma once

#include <gtest/gtest.h>

#include "runtime/compile.h"
#include "runtime/plan_network.h"
#include "runtime/plan_oracle.h"

namespace quantrail::testing {

/// Random values for every input at `batch` samples, not negative where `positive`.
inline Values random_inputs(Network& network, std::int64_t batch, bool positive = false) {
  Values inputs;
  for (const auto& input : network.graph().inputs) {
    Shape shape = input.shape;
    shape[0] = batch;
    auto values = network.random().reals(static_cast<std::size_t>(element_count(shape)));
    if (positive) {
      for (float& value : values) value = std::abs(value);
    }
    inputs[input.name] = Tensor::of<float>(shape, values);
  }
  return inputs;
}

inline std::shared_ptr<const Plan> plan_of(const Graph& graph, const PlanOptions& options, std::int64_t batch,
                                           const Processor& processor = processor_here()) {
  PlanCache cache;
  auto plan = CompiledPlan::compiled(graph, options, input_shapes(graph, batch).value(), cache, processor);
  if (!plan) throw std::runtime_error(plan.error().message);
  return *plan;
}

inline void fill_inputs(PlanState& state, const Graph& graph, const Values& inputs) {
  for (std::size_t at = 0; at < graph.inputs.size(); ++at) {
    const auto& bytes = inputs.at(graph.inputs[at].name).bytes;
    const auto target = state.input(at);
    ASSERT_EQ(target.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), target.begin());
  }
}

inline std::vector<float> output_of(const PlanState& state, std::size_t index = 0) {
  const auto bytes = state.output(index);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// Output 0 of a run.
inline std::vector<float> computed(const Graph& graph, const PlanOptions& options, const Values& inputs,
                                   const Processor& processor = processor_here()) {
  PlanState state(plan_of(graph, options, inputs.begin()->second.shape[0], processor));
  fill_inputs(state, graph, inputs);
  const auto done = state.run();
  EXPECT_TRUE(done) << done.error().message;
  return output_of(state);
}

/// |a - b| <= tolerance * (1 + |b|) for every element.
inline void expect_near(const std::vector<float>& actual, std::span<const float> expected, float tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t at = 0; at < actual.size(); ++at) {
    ASSERT_NEAR(actual[at], expected[at], tolerance * (1.0F + std::abs(expected[at]))) << "element " << at;
  }
}

/// The network's output 0 agrees with the definition in float.
inline void expect_float_agrees(Network& network, std::int64_t batch = 2, float tolerance = 1e-5F) {
  const auto inputs = random_inputs(network, batch);
  const auto expected = expected_values(network.graph(), {}, inputs).at(network.graph().outputs[0].name);
  expect_near(computed(network.graph(), {}, inputs), expected.values<float>(), tolerance);
}

/// How far codes are from those that the definition gives.
struct CodeAgreement {
  std::size_t count = 0;
  std::size_t different = 0;
  int largest = 0;
};

/// Compares output 0, which holds dequantized codes at `params`.
inline CodeAgreement agreement(const std::vector<float>& actual, std::span<const float> expected,
                               ActivationParams params) {
  CodeAgreement result{actual.size(), 0, 0};
  for (std::size_t at = 0; at < actual.size(); ++at) {
    const int step =
        std::abs(int{kernels::plain_code(actual[at], params)} - int{kernels::plain_code(expected[at], params)});
    result.different += step != 0 ? 1U : 0U;
    result.largest = std::max(result.largest, step);
  }
  return result;
}

/// A quantization by hand: the nodes named in `layers` run in integers, with min-max grids over what their operands and
/// results take for `inputs` (zero point 0 where nothing is negative); those in `passthrough` move codes.
[[nodiscard]] Quantization quantized(Network& network, const Values& inputs, const std::vector<std::string>& layers,
                                     const std::set<std::string>& passthrough = {});

}  // namespace quantrail::testing
