#include "evaluate/cost.h"

#include <algorithm>

#include "model/infer.h"
#include "model/macs.h"

namespace quantrail {

Result<MultiplyAdds> macs_per_sample(const Graph& graph) {
  const std::int64_t batch = fixed_batch(graph).value_or(1);
  const auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  const auto known = specialised(graph, *shapes);
  if (!known) return failed(known);
  return multiply_adds(*known, batch);
}

std::size_t block_samples(const MultiplyAdds& macs) {
  // 3e11 multiply-adds take a core with AVX-512 a few seconds in float. Small networks are bound by reading images.
  constexpr std::int64_t kMacs = 300'000'000'000;
  constexpr std::int64_t kMost = 512;
  std::int64_t per_sample = 0;
  for (const auto& [node, count] : macs) per_sample += count;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(kMacs / std::max<std::int64_t>(per_sample, 1), 1, kMost));
}

}  // namespace quantrail
