#include <algorithm>

#include "runtime/plan.h"

namespace quantrail {
namespace {

constexpr std::int64_t kMostSamples = 8;
/// Float32 elements of the largest activation beyond which more samples at once only push each other out of the caches.
constexpr std::int64_t kLargestActivation = std::int64_t{1} << 18;
/// Weights are read once for all samples of a batch: more samples pay while weights per sample outnumber an eighth of
/// the activations (measured on ResNet-50, MobileNetV2: 10 % and 4 % on one thread).
constexpr std::int64_t kActivationsPerWeight = 8;

/// Elements, at one sample.
struct Sizes {
  std::int64_t largest = 1;
  std::int64_t activations = 0;
  std::int64_t weights = 0;
};

Sizes sizes_of(const Specialised& model) {
  Sizes sizes;
  for (const auto& node : model.graph.nodes) {
    // The same values again: a network that comes quantized is computed in the batches of its float form.
    if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear") continue;
    for (const auto& value : node.outputs) {
      const auto type = model.types.find(value);
      if (type == model.types.end()) continue;
      const std::int64_t elements = element_count(type->second.shape);
      sizes.largest = std::max(sizes.largest, elements);
      sizes.activations += elements;
    }
  }
  for (const auto& [name, tensor] : model.graph.constants) sizes.weights += element_count(tensor->shape);
  return sizes;
}

bool twice_pays(const Sizes& sizes, std::int64_t batch) {
  return 2 * batch * sizes.largest <= kLargestActivation ||
         sizes.weights / batch > sizes.activations / kActivationsPerWeight;
}

Result<Specialised> at_batch(const Graph& graph, std::int64_t batch) {
  auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  return specialised(graph, *shapes);
}

/// Whether `batch` samples give results that can be told apart. They do not where Reshapes were exported for one
/// sample, where detections of all samples come in one list, nor where the first axis counts something else (steps of
/// time, layers) that happens to be as many.
bool suits(const Graph& graph, const Specialised& single, std::int64_t batch) {
  const auto model = at_batch(graph, batch);
  if (!model || !model->late.outputs.empty() || !single.late.outputs.empty()) return false;
  return std::all_of(graph.outputs.begin(), graph.outputs.end(), [&](const auto& output) {
    const Shape& shape = model->types.find(output.name)->second.shape;
    const Shape& one = single.types.find(output.name)->second.shape;
    return !shape.empty() && shape[0] == batch && !one.empty() && (batch == 1 || one[0] == 1);
  });
}

/// The same network for `batch` samples where inputs say `fixed`.
Graph refitted(Graph graph, std::int64_t fixed, std::int64_t batch) {
  for (auto& input : graph.inputs) {
    if (!input.shape.empty() && input.shape[0] == fixed) input.shape[0] = batch;
  }
  return graph;
}

}  // namespace

Result<std::int64_t> least_batch(const Graph& graph) {
  const std::int64_t batch = fixed_batch(graph).value_or(1);
  if (batch > 0) return batch;
  return fail(Cause::InvalidInput, "the model has a fixed batch of {}, which holds no sample", batch);
}

Result<std::int64_t> micro_batch(const Graph& graph) {
  if (fixed_batch(graph)) return least_batch(graph);
  const auto single = at_batch(graph, 1);
  if (!single) return failed(single);
  const Sizes sizes = sizes_of(*single);
  std::int64_t batch = 1;
  while (batch < kMostSamples && twice_pays(sizes, batch)) batch *= 2;
  return suits(graph, *single, batch) ? batch : 1;
}

bool first_axis_is_batch(const Graph& graph, const std::string& output) {
  const auto fixed = fixed_batch(graph);
  if (!fixed || *fixed < 2) return true;
  const auto model = at_batch(graph, *fixed);
  const auto twice = at_batch(refitted(graph, *fixed, 2 * *fixed), 2 * *fixed);
  if (!model || !twice) return true;
  const auto type = model->types.find(output);
  const auto grown = twice->types.find(output);
  if (type == model->types.end() || grown == twice->types.end()) return true;
  const Shape& before = type->second.shape;
  const Shape& after = grown->second.shape;
  if (before.empty() || before.size() != after.size() || before[0] != after[0]) return true;
  for (std::size_t axis = 1; axis < before.size(); ++axis) {
    if (before[axis] == *fixed && after[axis] == 2 * *fixed) return false;
  }
  return true;
}

}  // namespace quantrail
