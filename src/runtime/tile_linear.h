#pragma once

#include "runtime/linear.h"

namespace quantrail {

/// Whether our kernel for tiles of codes computes the layer. With AMX it is faster than oneDNN 2.6's and gives the same
/// bits; without int8_exact it gives them as well, where oneDNN's products saturate.
[[nodiscard]] bool runs_on_tiles(const LinearSpec& spec);

/// runs_on_tiles(spec); `weights` int8. Packed weights are shared through `cache`.
[[nodiscard]] std::shared_ptr<const Linear> tile_linear(const LinearSpec& spec, const LinearWeights& weights,
                                                        std::size_t threads, PlanCache::State& cache);

}  // namespace quantrail
