#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "data/dataset.h"
#include "model/graph.h"

namespace quantrail::bench {

/// How many times ONNX Runtime's speed is to be reached, by form.
struct Goals {
  double in_float = 0.0;
  double in_int8 = 0.0;
};

/// A network that the benchmark makes itself, with random weights; one float32 output [N, ...].
struct Network {
  std::string_view name{};
  Graph (*graph)(std::uint32_t seed) = nullptr;
  /// `count` samples, one array for each input of the graph, by the input's name.
  std::shared_ptr<const Dataset> (*samples)(std::size_t count) = nullptr;
  Goals goals{};
};

/// All networks that are measured, in the order of the table.
[[nodiscard]] std::span<const Network> known_networks();

}  // namespace quantrail::bench
