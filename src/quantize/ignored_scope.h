#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "model/graph.h"

namespace quantrail {

/// What one entry of `ignored` was taken to mean.
struct ScopeMatch {
  std::string pattern{};
  std::vector<std::string> nodes{};  ///< node names, in graph order
  std::string why_none{};            ///< where an operation means no layer
  bool operator==(const ScopeMatch&) const = default;
};

struct ResolvedScope {
  std::set<std::string, std::less<>> nodes{};  ///< that shall stay float
  std::vector<ScopeMatch> matches{};           ///< one per entry: scope first, then operations
};

/// The nodes of the canonical `graph` that `ignored` names. An entry of `scope` is a glob over node names, names of
/// nodes folded into others, and output names; one of `operations` an ONNX operator or POT's name for it, perhaps
/// with attributes, which must all be equal (see has_attributes()). A Relu or Clip that is computed together with a
/// layer means the layer where it is named, and nothing as an operation: as in POT, an ignored operation reads no
/// codes, and between the two there are none. An operation that the model lacks means nothing either, so that one
/// configuration serves several models. A node that only moves values (Reshape, MaxPool, ...) means the layers that
/// read it. Errors: InvalidInput for a name that matches nothing or an operator that does not exist, with the nearest
/// one, and for attributes that no node has, with the values that they have in the model.
[[nodiscard]] Result<ResolvedScope> resolved(const IgnoredScope& ignored, const Graph& graph);

}  // namespace quantrail
