#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/infer.h"
#include "runtime/patterns.h"
#include "runtime/plan_cache.h"

namespace quantrail {

/// A canonical graph at concrete input shapes, with what is looked up in it; the same for all plans at these shapes.
struct ShapedModel {
  ShapedModel(const Graph& canonical, Specialised at_shapes, Digest shapes);

  Specialised specialised;
  GraphIndex index;                                   ///< of the specialised graph
  GraphIndex canonical_index;                         ///< of the canonical graph
  std::vector<std::optional<std::size_t>> canonical;  ///< of each specialised node: its position in the canonical graph
  std::vector<std::optional<std::size_t>> canonical_late;  ///< the same for specialised.late.nodes
  Digest shapes;                                           ///< identity of the input shapes
  std::vector<Pattern> patterns;                           ///< of the specialised graph
};

/// Made once per cache and shapes. Errors: those of specialised().
[[nodiscard]] Result<std::shared_ptr<const ShapedModel>> shaped_model(const Graph& canonical,
                                                                      const InputShapes& input_shapes,
                                                                      PlanCache::State& cache);

}  // namespace quantrail
