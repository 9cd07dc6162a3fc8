#pragma once

#include <string>
#include <vector>

#include "model/graph.h"

namespace quantrail {

/// What in a graph of the profile OpenVino, as written or loaded again, OpenVINO could not run in integers as meant;
/// one sentence each, empty when it follows all rules:
/// - a QuantizeLinear is read by one DequantizeLinear with the same parameters, and that by one input of one node;
/// - parameters are constants; scales are positive and finite, one per tensor for activations, one per tensor or slice
///   for weights; zero points are given, of 8 bits (256 levels), 0 for weights;
/// - weights are int8 in [-127, 127]; nothing else, no bias either, is stored in codes;
/// - the network's outputs are float and no DequantizeLinear's.
/// This stands in for OpenVINO, in which nobody has run such files yet.
[[nodiscard]] std::vector<std::string> openvino_obstacles(const Graph& graph);

}  // namespace quantrail
