#pragma once

#include <optional>
#include <vector>

#include "model/graph.h"

namespace quantrail {

/// y[c] = scale[c] * x[c] + shift[c], per channel, in double.
struct ChannelAffine {
  std::vector<double> scale{};
  std::vector<double> shift{};
};

/// What a BatchNormalization with constant parameters does; nothing when one is not constant or not float.
[[nodiscard]] std::optional<ChannelAffine> affine_of_batch_norm(const Graph& graph, const Node& node);

/// What a Mul, Div, Add or Sub of `value` and a float constant does to `value`, which has rank `rank` and `channels`
/// channels on axis 1; nothing when the constant differs within a channel or changes the shape, or for constant - x
/// and constant / x.
[[nodiscard]] std::optional<ChannelAffine> affine_of_arithmetic(const Graph& graph, const Node& node,
                                                                const std::string& value, std::size_t rank,
                                                                std::size_t channels);

/// All elements of a constant of float32 or float64 as double; nothing for other types or null.
[[nodiscard]] std::optional<std::vector<double>> doubles_of(const TensorPtr& tensor);

/// float32, each rounded once.
[[nodiscard]] TensorPtr float_tensor(Shape shape, const std::vector<double>& values);

}  // namespace quantrail
