#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/infer.h"

namespace quantrail {

/// Shapes found by inferring at sizes that readers of the inputs tell, and made-up ones of the other unknown axes
/// (axis 0: 2), for what must be known before the real sizes are. Types and ranks can be relied on; sizes only where
/// `exact`.
struct Probe {
  std::map<std::string, Shape, std::less<>> shapes{};
  std::map<std::string, ElementType, std::less<>> types{};
  bool exact = false;  ///< only axis 0 was made up: other sizes that do not depend on it are the real ones
};

/// Empty when no size that was tried fits the network.
[[nodiscard]] Probe probed(const Graph& graph);

/// Input shapes for `batch` samples with such sizes; nothing when none fits.
[[nodiscard]] std::optional<InputShapes> fitting_shapes(const Graph& graph, std::int64_t batch);

/// The input shapes for `batch` samples that these two try, in their order; at least one.
[[nodiscard]] std::vector<InputShapes> tried_shapes(const Graph& graph, std::int64_t batch);

}  // namespace quantrail
