#include "quantize/revert_closure.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

namespace quantrail {
namespace {

/// Which groups belong together so far.
class Unions {
 public:
  explicit Unions(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  [[nodiscard]] std::size_t root(std::size_t at) const {
    while (parent_[at] != at) at = parent_[at];
    return at;
  }
  /// The earlier of the two stands for both.
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

/// Finds where the quantized values come from that a node reads.
class Sources {
 public:
  Sources(const Graph& graph, const Quantization& quantization)
      : graph_(graph), index_(graph), quantization_(quantization) {}

  // Above a value that is not quantized POT goes on until it meets one that is.
  [[nodiscard]] std::set<std::string> read_by(const std::string& node) const {
    std::set<std::string> found;
    std::set<std::string> seen;
    std::vector<std::string> open;
    const auto look_at_inputs = [&](std::size_t at) {
      for (const auto& input : graph_.nodes[at].inputs) {
        if (seen.insert(input).second) open.push_back(input);
      }
    };
    if (const auto at = index_.node(node)) look_at_inputs(*at);
    while (!open.empty()) {
      const std::string value = std::move(open.back());
      open.pop_back();
      const auto producer = index_.producer(value);
      const bool moved = producer && quantization_.passthrough.contains(graph_.nodes[*producer].name);
      if (quantization_.activations.contains(value) && !moved) {
        found.insert(value);
      } else if (producer) {
        look_at_inputs(*producer);
      }
    }
    return found;
  }

 private:
  const Graph& graph_;
  GraphIndex index_;
  const Quantization& quantization_;
};

}  // namespace

std::vector<Group> closed_groups(const Graph& graph, const Quantization& quantization) {
  const auto& groups = quantization.groups;
  const Sources sources(graph, quantization);
  Unions unions(groups.size());
  std::map<std::string, std::size_t> first_reader;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    for (const auto& member : groups[at].members) {
      for (const auto& source : sources.read_by(member)) {
        const auto [known, fresh] = first_reader.emplace(source, at);
        if (!fresh) unions.join(known->second, at);
      }
    }
  }
  std::vector<Group> closed;
  std::map<std::size_t, std::size_t> place;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    const auto [known, fresh] = place.emplace(unions.root(at), closed.size());
    if (fresh) {
      closed.push_back(groups[at]);
      continue;
    }
    auto& members = closed[known->second].members;
    members.insert(members.end(), groups[at].members.begin(), groups[at].members.end());
  }
  return closed;
}

}  // namespace quantrail
