#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "model/graph.h"

namespace quantrail {

/// Gives names that nothing has; in constant time, however many want the same one.
class FreshNames {
 public:
  FreshNames() = default;
  explicit FreshNames(std::set<std::string, std::less<>> taken) : taken_(std::move(taken)) {}
  /// `wanted`, with "_2", "_3", ... behind it where that is taken. The answer is taken from now on.
  [[nodiscard]] std::string like(const std::string& wanted);
  void take(const std::string& name) { taken_.insert(name); }

 private:
  std::set<std::string, std::less<>> taken_{};
  std::map<std::string, int, std::less<>> suffixes_{};  ///< by wanted name: the next that may be free
};

/// The names of all values and nodes of a graph.
[[nodiscard]] std::set<std::string, std::less<>> names_in(const Graph& graph);

}  // namespace quantrail
