#pragma once

#include <map>
#include <memory>
#include <string>

#include "metrics/metric.h"
#include "model/graph.h"
#include "ort_peer.h"

namespace quantrail::bench {

/// What the network that `peer` has loaded scores on all of `data`, by metric name: the peer computes, the project's
/// own metrics look at its first output. `batch`: samples per run, of which the last run may have fewer; a fixed batch
/// must divide their number. Errors: Backend; those of Dataset::read.
[[nodiscard]] Result<std::map<std::string, double>> metrics_in_peer(
    OrtPeer& peer, const Dataset& data, const std::vector<std::shared_ptr<const Metric>>& metrics, std::size_t batch);

/// The batch that `graph` fixes, else one that is quick.
[[nodiscard]] std::size_t batch_for_peer(const Graph& graph);

}  // namespace quantrail::bench
