#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/codes.h"
#include "model/graph.h"
#include "quantize/placement.h"
#include "quantize/threshold_search.h"

namespace quantrail {

using ActivationCodes = std::map<std::string, ActivationParams, std::less<>>;

/// The part of `range` that the network behind `values` tells apart: every result that follows from one of them element
/// by element has the same code for all reals below, and the same for all above. A range that was narrowed to it loses
/// nothing and gets finer steps. So the negative side of what a SiLU or hard-swish reads ends where its result is zero.
///
/// `values`: those of one ParameterClass. `codes`: of every quantized value; functions whose results have none, or are
/// read in float, tell all reals apart. Functions are looked at on 4,096 points of `range` (on fewer
/// where constants differ between many channels), which contains zero, as does the result.
[[nodiscard]] Interval told_apart(const Graph& graph, const GraphIndex& index, const Placement& placement,
                                  const ActivationCodes& codes, const std::vector<std::string>& values, Interval range);

}  // namespace quantrail
