#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

using MultiplyAdds = std::map<std::string, std::int64_t, std::less<>>;

/// Multiply-adds of each Conv, ConvTranspose, Gemm and MatMul of `graph` for one sample, by node name.
/// Errors: those of specialised().
[[nodiscard]] Result<MultiplyAdds> macs_per_sample(const Graph& graph);

/// Samples of an evaluation that are saved together: some seconds of work for one processor of today, judged by the
/// model's multiply-adds, so that the same model always has the same blocks.
[[nodiscard]] std::size_t block_samples(const MultiplyAdds& macs);

}  // namespace quantrail
