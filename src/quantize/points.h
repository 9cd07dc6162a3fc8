#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace quantrail {

/// Values with quantization points, joined where they must share parameters.
class Points {
 public:
  /// False when `value` was there already.
  bool add(const std::string& value) { return parent_.emplace(value, value).second; }
  [[nodiscard]] bool contains(const std::string& value) const { return parent_.count(value) != 0; }

  void join(const std::string& a, const std::string& b) {
    const std::string& x = root(a);
    const std::string& y = root(b);
    if (x != y) parent_[std::max(x, y)] = std::min(x, y);
  }

  /// By root, which is the first value of its class.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> classes() {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [value, parent] : parent_) found[root(value)].push_back(value);
    return found;
  }

 private:
  const std::string& root(const std::string& value) {
    std::string& parent = parent_.at(value);
    if (parent == value) return parent;
    parent = std::string(root(parent));
    return parent;
  }

  std::map<std::string, std::string> parent_{};
};

}  // namespace quantrail
