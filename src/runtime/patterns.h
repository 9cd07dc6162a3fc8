#pragma once

#include <string>
#include <vector>

#include "model/infer.h"

namespace quantrail {

/// Several nodes that are one function of one value, as exporters write it out.
struct Pattern {
  enum class Function : std::uint8_t {
    Gelu,        ///< 0.5 * x * (1 + erf(x / sqrt(2)))
    GeluByTanh,  ///< 0.5 * x * (1 + tanh(linear * x + cubic * x^3))
    Normalise,   ///< (x - mean) / sqrt(variance + epsilon) * factor + offset along the last axis
  };
  Function function = Function::Gelu;
  std::string source{};              ///< x
  std::vector<std::size_t> nodes{};  ///< positions, ascending; the last one computes the result
  float linear = 0.0F;               ///< GeluByTanh: as the next one
  float cubic = 0.0F;
  float epsilon = 0.0F;  ///< Normalise: as are those below
  std::string factor{};  ///< a constant vector, one element per position of the last axis
  std::string offset{};  ///< likewise
};

/// The patterns in a graph, in the order of their last nodes. What is computed in between is read by nobody else, is no
/// output, and is float32.
[[nodiscard]] std::vector<Pattern> patterns_in(const Specialised& model, const GraphIndex& index);

}  // namespace quantrail
