#pragma once

#include <set>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// Names that nothing in a graph has yet.
class FreshNames {
 public:
  explicit FreshNames(const Graph& graph);
  /// `wanted`, with "_2", "_3", ... behind it where that is taken. The answer is taken from now on.
  [[nodiscard]] std::string like(const std::string& wanted);

 private:
  std::set<std::string> taken_{};
};

}  // namespace quantrail
