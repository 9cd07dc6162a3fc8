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
  PlanCache cache;
  PlanOptions options;
  options.quantization = quantization;
  if (batch < threads) {
    options.threads = threads;
    threads = 1;
  }
  std::size_t chunk = std::min<std::size_t>(static_cast<std::size_t>(*micro), batch / threads);
  while (batch % chunk != 0) --chunk;
  auto plan = Plan::build(graph, options, static_cast<std::int64_t>(chunk), cache);
  if (!plan) return failed(plan);
  return OurRunner(std::move(*plan), batch / chunk, threads);
}

Result<std::vector<float>> OurRunner::run(const Batch& batch) {
  std::vector<float> result(chunks_ * states_[0].output(0).size() / sizeof(float));
  std::vector<Status> statuses(chunks_);
  parallel_for(chunks_, states_.size(), {}, [&](std::size_t chunk, std::size_t worker) {
    statuses[chunk] = run_chunk(batch, chunk, states_[worker], result);
  });
  for (const auto& status : statuses) {
    if (!status) return failed(status);
  }
  return result;
}

Status OurRunner::run_chunk(const Batch& batch, std::size_t chunk, PlanState& state, std::vector<float>& result) const {
  const auto wanted = plan_->inputs();
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    const auto given = std::find_if(batch.inputs.begin(), batch.inputs.end(),
                                    [&](const InputArray& array) { return array.declared.name == wanted[index].name; });
    if (given == batch.inputs.end()) return fail(Cause::InvalidInput, "nothing feeds \"{}\"", wanted[index].name);
    const auto input = state.input(index);
    std::memcpy(input.data(), given->bytes.data() + chunk * input.size(), input.size());
  }
  if (auto done = state.run(); !done) return done;
  const auto output = state.output(0);
  std::memcpy(std::as_writable_bytes(std::span(result)).data() + chunk * output.size(), output.data(), output.size());
  return {};
}

}  // namespace quantrail::bench
