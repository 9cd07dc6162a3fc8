#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/stored_codes.h"

namespace quantrail {

using Grids = std::map<std::string, ActivationParams, std::less<>>;

/// A graph without the pairs of QuantizeLinear and DequantizeLinear that it came with.
struct CodePoints {
  Graph graph{};
  StoredConstants stored{};
  Grids points{};  ///< values that are quantized, and how
  /// Values that are whole numbers of steps as they are, so that quantizing them so changes nothing: results of
  /// DequantizeLinear nodes that stayed, and constants.
  Grids exact{};
  std::vector<std::vector<bool>> quantized{};  ///< by node and input: reads the value behind its point
};

/// Takes the pairs out of `graph`, whose constants are dequantized (`stored`). A second point with other parameters on
/// the same value, or on what a pair gives, gets a value of its own, behind an Identity; a graph output behind a pair
/// is an Identity that reads behind the point. Errors: those of code_rule().
[[nodiscard]] Result<CodePoints> code_points(Graph graph, StoredConstants stored);

}  // namespace quantrail
