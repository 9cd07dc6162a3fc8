#include "search_runs.h"

#include <algorithm>
#include <chrono>

#include "base/files.h"
#include "base/parallel.h"
#include "evaluate/evaluator.h"
#include "export/export.h"
#include "export/onnx_bytes.h"
#include "metrics/registry.h"
#include "our_runner.h"
#include "run/execute.h"
#include "run/memory_store.h"
#include "run/rebuild.h"
#include "run/samples.h"
#include "run/workbench.h"
#include "search/ranking_subset.h"

namespace quantrail::bench {
namespace {

constexpr std::size_t kDataBytes = std::size_t{2} << 30U;
constexpr std::size_t kCalibrationSamples = 64;

/// Samples with labels of their own.
class Labelled : public Dataset {
 public:
  Labelled(std::shared_ptr<const Dataset> samples, std::vector<std::int64_t> labels)
      : samples_(std::move(samples)), labels_(std::move(labels)) {}
  [[nodiscard]] std::size_t size() const override { return samples_->size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return samples_->inputs(); }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    return samples_->read(index, buffers);
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override { return Truth{.label = labels_[index]}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return samples_->describe(index); }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::shared_ptr<const Dataset> samples_;
  std::vector<std::int64_t> labels_;
};

/// Some samples of another data set.
class Picked : public Dataset {
 public:
  Picked(std::shared_ptr<const Dataset> all, std::vector<std::size_t> samples)
      : all_(std::move(all)), samples_(std::move(samples)) {}
  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return all_->inputs(); }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    return all_->read(samples_[index], buffers);
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override { return all_->truth(samples_[index]); }
  [[nodiscard]] std::string describe(std::size_t index) const override { return all_->describe(samples_[index]); }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::shared_ptr<const Dataset> all_;
  std::vector<std::size_t> samples_;
};

/// "Metric": which class is highest.
class Highest : public Metric {
 public:
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] std::string identity() const override { return name_; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth&) const override {
    const std::span scores(reinterpret_cast<const float*>(outputs[0].bytes.data()), outputs[0].bytes.size() / 4);
    return {.value = static_cast<double>(std::max_element(scores.begin(), scores.end()) - scores.begin())};
  }
  [[nodiscard]] double aggregated(std::span<const SampleScore>) const override { return 0.0; }

 private:
  std::string name_ = "highest";
};

/// `graph` with the mean of each score over some samples taken off the last layer's bias, so that random weights do not
/// choose the same class for everything.
Result<Graph> centred(Graph graph, const Dataset& data, std::size_t threads) {
  constexpr std::size_t kSamples = 64;
  const auto last = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                 [&](const Node& node) { return node.outputs[0] == graph.outputs[0].name; });
  const auto bias = constant_input(graph, *last, 2);
  if (last->op != "Gemm" || bias == nullptr) return graph;
  const auto batch = first_samples(data, kSamples);
  if (!batch) return failed(batch);
  auto runner = OurRunner::made(graph, nullptr, kSamples, threads);
  if (!runner) return failed(runner);
  const auto scores = runner->run(*batch);
  if (!scores) return failed(scores);
  Tensor shifted = *bias;
  const auto values = shifted.values<float>();
  for (std::size_t at = 0; at < scores->size(); ++at)
    values[at % values.size()] -= (*scores)[at] / static_cast<float>(kSamples);
  graph.constants[last->inputs[2]] = std::make_shared<const Tensor>(std::move(shifted));
  return graph;
}

class Notebook : public RunRecorder, public RunObserver {
 public:
  explicit Notebook(SearchRun& run) : run_(run) {}
  Status baseline(const Baseline& baseline) override {
    run_.baseline = baseline.metrics.at(baseline.optimised);
    return {};
  }
  Status ranking(const RankingRecord& ranking) override {
    run_.rankings.push_back(ranking);
    return {};
  }
  Status iteration(const IterationRecord& iteration) override {
    run_.iterations.push_back(iteration);
    return {};
  }
  Status finished(const RunResult&) override { return {}; }
  Status note(std::string_view) override { return {}; }
  void on_event(const RunEvent& event) noexcept override {
    const auto* step = std::get_if<StepFinished>(&event);
    if (step == nullptr) return;
    run_.steps.emplace_back(step->name, step->seconds);
    if (step->name.starts_with("rank ")) run_.ranking_seconds += step->seconds;
  }

 private:
  SearchRun& run_;
};

}  // namespace

Result<RunInputs> search_inputs(const Prepared& network, std::size_t samples) {
  const auto data = cached(network.network->samples(samples), kDataBytes);
  auto graph = centred(network.graph, *data, default_threads());
  if (!graph) return failed(graph);
  RunInputs inputs{.graph = std::move(*graph), .threads = default_threads()};
  auto evaluator = Evaluator::create(inputs.graph, data, {std::make_shared<Highest>()}, {});
  if (!evaluator) return failed(evaluator);
  EvaluationRequest in_float;
  in_float.samples = all_samples(samples);
  const auto answers = evaluator->evaluated(in_float, {});
  if (!answers) return failed(answers);
  const auto& classes = answers->per_sample.at("highest");
  inputs.validation = std::make_shared<Labelled>(data, std::vector<std::int64_t>(classes.begin(), classes.end()));
  inputs.calibration = cached(network.network->samples(kCalibrationSamples), kDataBytes);
  auto metric = make_metric({.type = "accuracy", .name = "accuracy"});
  if (!metric) return failed(metric);
  inputs.metrics = {std::move(*metric)};
  inputs.compression.algorithm = "AccuracyAwareQuantization";
  return inputs;
}

namespace {

/// The search ranks on the samples that the quantized model loses first.
Result<SearchRun> with_ranking_samples(SearchRun run, const RunInputs& inputs) {
  if (run.rankings.empty()) return run;
  auto bench = make_workbench(inputs);
  if (!bench) return failed(bench);
  EvaluationRequest request;
  request.samples = all_samples(inputs.validation->size());
  const auto in_float = (*bench)->evaluate(request, {});
  if (!in_float) return failed(in_float);
  request.variant.quantization = &run.quantization;
  const auto in_int8 = (*bench)->evaluate(request, {});
  if (!in_int8) return failed(in_int8);
  const auto& metric = inputs.metrics.front()->name();
  const auto losses = losses_of(in_float->per_sample.at(metric), in_int8->per_sample.at(metric), 1.0);
  run.ranking_samples = hardest_first({losses}, run.rankings.front().subset_size);
  std::sort(run.ranking_samples.begin(), run.ranking_samples.end());
  return run;
}

}  // namespace

Result<SearchRun> searched(const RunInputs& inputs) {
  SearchRun run;
  Notebook notebook(run);
  MemoryStore store;
  const auto start = std::chrono::steady_clock::now();
  const auto result = execute(inputs, store, notebook, notebook, {});
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!result) return failed(result);
  run.result = *result;
  auto quantization = stored_quantization(store, run.iterations.front().quantization);
  if (!quantization) return failed(quantization);
  run.quantization = std::move(*quantization);
  return with_ranking_samples(std::move(run), inputs);
}

Result<PeerLoop> PeerLoop::made(OrtPeer& peer, const RunInputs& inputs, std::vector<std::size_t> samples,
                                std::size_t batch, std::filesystem::path folder) {
  if (const auto forgotten = peer.forget_kept(); !forgotten) return failed(forgotten);
  const Picked picked(inputs.validation, samples);
  for (std::size_t first = 0; first < samples.size(); first += batch) {
    const auto some = samples_from(picked, first, std::min(batch, samples.size() - first));
    if (!some) return failed(some);
    if (const auto set = peer.set_input(*some); !set) return failed(set);
    if (const auto kept = peer.keep_input(); !kept) return failed(kept);
  }
  return PeerLoop(peer, inputs, std::move(samples), std::move(folder));
}

Result<double> PeerLoop::evaluate(const Quantization* quantization, const std::set<std::string, std::less<>>& reverted,
                                  PeerRun& run) {
  const auto file = folder_ / "candidate.onnx";
  if (quantization == nullptr) {
    const auto bytes = onnx_bytes(inputs_->graph);
    if (!bytes) return failed(bytes);
    if (const auto written = write_file(file, *bytes); !written) return failed(written);
  } else {
    const auto model = exported(inputs_->graph, *quantization, reverted, RevertMode::Full, {});
    if (!model) return failed(model);
    if (const auto written = write_file(file, model->bytes); !written) return failed(written);
  }
  const auto loaded = peer_->load(file, inputs_->threads);
  if (!loaded) return failed(loaded);
  const auto ran = peer_->run_kept();
  if (!ran) return failed(ran);
  std::size_t right = 0;
  for (std::size_t at = 0; at < samples_.size(); ++at) {
    right += ran->highest.at(at) == inputs_->validation->truth(samples_[at])->label ? 1 : 0;
  }
  run.session_seconds += *loaded / 1000.0;
  run.run_seconds += ran->ms / 1000.0;
  ++run.evaluations;
  return static_cast<double>(right) / static_cast<double>(samples_.size());
}

}  // namespace quantrail::bench
