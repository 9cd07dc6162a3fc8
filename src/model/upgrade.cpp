#include "model/upgrade.h"

#include <algorithm>

namespace quantrail {

Result<Graph> upgraded(Graph graph) {
  graph.opset = std::max<std::int64_t>(graph.opset, 13);
  return graph;
}

}  // namespace quantrail
