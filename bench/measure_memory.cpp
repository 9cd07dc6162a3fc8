#include "measurements.h"
#include "our_runner.h"
#include "peak_memory.h"

namespace quantrail::bench {
Result<Row> measured_own_memory(const Prepared& network, const Form& form, std::size_t batch) {
  const auto samples = first_samples(*network.network->samples(batch), batch);
  if (!samples) return failed(samples);
  auto ours = OurRunner::made(*form.graph, form.quantization, batch, 1);
  if (!ours) return failed(ours);
  if (const auto ran = ours->run(*samples); !ran) return failed(ran);
  const auto peak = peak_mib();
  if (!peak) return failed(peak);
  Row row;
  row.unit = "MiB";
  row.ours = *peak;
  return row;
}

Result<double> peer_memory(const Prepared& network, const Form& form, std::size_t batch,
                           const std::filesystem::path& scratch) {
  const auto samples = first_samples(*network.network->samples(batch), batch);
  if (!samples) return failed(samples);
  auto peer = OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_peer.cjs", scratch);
  if (!peer) return failed(peer);
  if (const auto loaded = peer->load(form.file, 1); !loaded) return failed(loaded);
  if (const auto set = peer->set_input(*samples); !set) return failed(set);
  if (const auto ran = peer->run(2); !ran) return failed(ran);
  return peer->peak_mib();
}

}  // namespace quantrail::bench
