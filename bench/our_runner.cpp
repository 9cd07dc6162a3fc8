#include "our_runner.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"

namespace quantrail::bench {

OurRunner::OurRunner(std::shared_ptr<const Plan> plan, std::size_t chunks, std::size_t threads)
    : plan_(std::move(plan)), chunks_(chunks) {
  for (std::size_t t = 0; t < threads; ++t) states_.emplace_back(plan_);
}

Result<OurRunner> OurRunner::made(const Graph& graph, const Quantization* quantization, std::size_t batch,
                                  std::size_t threads) {
  const auto micro = micro_batch(graph);
  if (!micro) return failed(micro);
  std::size_t chunk = std::min<std::size_t>(static_cast<std::size_t>(*micro), batch / threads);
  while (batch % chunk != 0) --chunk;
  PlanCache cache;
  PlanOptions options;
  options.quantization = quantization;
  auto plan = Plan::build(graph, options, static_cast<std::int64_t>(chunk), cache);
  if (!plan) return failed(plan);
  return OurRunner(std::move(*plan), batch / chunk, threads);
}

Result<std::vector<float>> OurRunner::run(std::span<const float> images) {
  std::vector<float> logits(chunks_ * states_[0].output(0).size() / sizeof(float));
  std::vector<Status> statuses(chunks_);
  const auto source = std::as_bytes(images);
  const auto result = std::as_writable_bytes(std::span(logits));
  parallel_for(chunks_, states_.size(), {}, [&](std::size_t chunk, std::size_t worker) {
    PlanState& state = states_[worker];
    const auto input = state.input(0);
    std::memcpy(input.data(), source.data() + chunk * input.size(), input.size());
    statuses[chunk] = state.run();
    const auto output = state.output(0);
    std::memcpy(result.data() + chunk * output.size(), output.data(), output.size());
  });
  for (const auto& status : statuses) {
    if (!status) return failed(status);
  }
  return logits;
}

}  // namespace quantrail::bench
