#include <algorithm>

#include "runtime/plan.h"

namespace quantrail {
namespace {

constexpr std::int64_t kMostSamples = 8;
/// Float32 elements of the largest activation beyond which more samples at once only push each other out of the caches.
constexpr std::int64_t kLargestActivation = std::int64_t{1} << 18;

std::int64_t largest_activation(const Specialised& model) {
  std::int64_t largest = 1;
  for (const auto& node : model.graph.nodes) {
    for (const auto& value : node.outputs) {
      const auto type = model.types.find(value);
      if (type != model.types.end()) largest = std::max(largest, element_count(type->second.shape));
    }
  }
  return largest;
}

Result<Specialised> at_batch(const Graph& graph, std::int64_t batch) {
  auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  return specialised(graph, *shapes);
}

}  // namespace

Result<std::int64_t> micro_batch(const Graph& graph) {
  if (const auto fixed = fixed_batch(graph)) return *fixed;
  const auto single = at_batch(graph, 1);
  if (!single) return failed(single);
  const std::int64_t largest = largest_activation(*single);
  std::int64_t batch = 1;
  while (batch < kMostSamples && 2 * batch * largest <= kLargestActivation) batch *= 2;
  // A symbolic batch whose Reshapes were exported for one sample.
  if (!at_batch(graph, batch)) return 1;
  return batch;
}

}  // namespace quantrail
