#pragma once

#include <map>
#include <string>

#include "model/infer.h"
#include "model/lowering.h"

namespace quantrail {

/// Multiply-adds of each Conv, ConvTranspose, Gemm and MatMul for ONE sample, by node name. `batch` is the number of
/// samples that `types` were inferred for.
[[nodiscard]] std::map<std::string, std::int64_t, std::less<>> multiply_adds(const Specialised& model,
                                                                             std::int64_t batch);

/// Share of those multiply-adds that run in integers, in [0, 1]; 0 for a network without any.
[[nodiscard]] double int8_macs_share(const Graph& graph, const Lowering& lowering,
                                     const std::map<std::string, std::int64_t, std::less<>>& macs);

}  // namespace quantrail
