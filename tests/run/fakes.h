#pragma once

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "run/execute.h"
#include "run/memory_store.h"
#include "run/ports.h"
#include "run/workbench.h"

namespace quantrail::testing_run {

class FakeData : public Dataset {
 public:
  explicit FakeData(std::size_t size, std::string content = "data", Shape shape = {4})
      : size_(size), content_(std::move(content)), inputs_{{"", ElementType::Float32, std::move(shape)}} {}
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t, std::span<const std::span<std::byte>>) const override { return {}; }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{.label = 0}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return Hasher().add(content_).finish(); }

 private:
  std::size_t size_;
  std::string content_;
  std::vector<SampleInput> inputs_;
};

class FakeMetric : public Metric {
 public:
  explicit FakeMetric(std::string name = "top1", std::string identity = "accuracy k=1", MetricRange range = {0.0, 1.0})
      : name_(std::move(name)), identity_(std::move(identity)), range_(range) {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] MetricRange range() const override { return range_; }
  [[nodiscard]] std::string identity() const override { return identity_; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView>, const Truth&) const override { return {}; }
  [[nodiscard]] double aggregated(std::span<const SampleScore>) const override { return 0.0; }

 private:
  std::string name_;
  std::string identity_;
  MetricRange range_;
};

/// Three layers in a row, fc0 to fc2, each a group of its own.
inline Graph chain() {
  Graph graph{.name = "chain", .opset = 13};
  graph.inputs = {{"x", ElementType::Float32, {-1, 4}, {"N", ""}}};
  graph.outputs = {{"v3", ElementType::Float32, {-1, 4}, {"N", ""}}};
  std::string value = "x";
  for (int at = 0; at < 3; ++at) {
    const std::string weights = "w" + std::to_string(at);
    graph.constants[weights] = std::make_shared<Tensor>(Tensor::zeros(ElementType::Float32, {4, 4}));
    const std::string result = "v" + std::to_string(at + 1);
    graph.nodes.push_back(
        {.name = "fc" + std::to_string(at), .op = "Gemm", .inputs = {value, weights}, .outputs = {result}});
    value = result;
  }
  return graph;
}

inline Quantization chain_quantization() {
  Quantization q;
  for (int at = 0; at < 3; ++at) {
    const std::string layer = "fc" + std::to_string(at);
    q.layers[layer] = {.weights = WeightParams{.axis = 1, .scale = {1.0F, 1.0F, 1.0F, 1.0F}}};
    q.activations[at == 0 ? "x" : "v" + std::to_string(at)] = {};
    q.groups.push_back({layer, {layer}});
  }
  return q;
}

/// A network that loses 0.03 by each of fc0, fc1 and fc2 in integers, on every sample alike. Files are their own names.
class FakeWorkbench : public Workbench {
 public:
  std::vector<std::size_t> not_numbers{};  ///< samples for which the float model gives none
  StatisticsRequest needed_for_edits(const QuantizationParams&) override { return {}; }
  ChannelEdits edits(const QuantizationParams&, const Statistics&) override { return {}; }
  Result<StatisticsRequest> needed_statistics(const QuantizationParams&, const ChannelEdits&) override {
    return StatisticsRequest{.extremes = {"x"}};
  }

  Result<Statistics> calibrate(const ChannelEdits&, const StatisticsRequest&, const std::vector<std::size_t>& samples,
                               const std::function<void(std::size_t)>& progress, std::stop_token) override {
    ++calibrations;
    progress(samples.size());
    return Statistics{.samples = static_cast<std::int64_t>(samples.size())};
  }

  Result<Quantization> quantize(const QuantizationParams& params, const ChannelEdits& edits,
                                const Statistics&) override {
    quantized_with.push_back(params);
    Quantization made = chain_quantization();
    for (const auto& name : edits.halved) made.layers[name].weights->scale[0] *= 2.0F;
    // Another preset, another scale.
    made.activations["x"].scale = params.preset == Preset::Mixed ? 0.5F : 1.0F;
    if (varies_with_ranges && params.activations.range_estimator) made.activations["x"].scale = 2.0F;
    return made;
  }

  Result<double> output_error(const Quantization& quantization, const std::vector<std::size_t>& samples,
                              const EvaluationHooks& hooks) override {
    if (++comparisons == fail_comparison) return fail(Cause::Cancelled, "stopped");
    hooks.progress(samples.size());
    return error_of(quantization);
  }
  std::function<double(const Quantization&)> error_of = [](const Quantization&) { return 0.5; };
  int comparisons = 0;
  int fail_comparison = 0;          ///< which of them fails
  bool varies_with_ranges = false;  ///< ranges of its own, another scale

  Result<std::set<std::string, std::less<>>> spoilt(const Quantization&, const std::vector<std::size_t>& samples,
                                                    const std::function<void(std::size_t)>& progress,
                                                    std::stop_token) override {
    looked_for_spoilt.push_back(samples);
    progress(samples.size());
    return spoilt_layers;
  }
  std::vector<std::vector<std::size_t>> looked_for_spoilt{};  ///< by call, on which samples
  std::set<std::string, std::less<>> spoilt_layers{};

  std::size_t correctable(const Quantization&, bool) override { return 3; }

  /// Gives fc0 a bias, by how many layers are in integers.
  Result<Quantization> correct(const Quantization& quantization, const std::vector<std::size_t>&,
                               const FullCorrection&) override {
    ++corrections;
    Quantization corrected = quantization;
    corrected.bias_edits["fc0"] = {1.0F, 2.0F, 3.0F, static_cast<float>(quantization.layers.size())};
    return corrected;
  }

  /// Works in blocks of two samples, and looks for a stop after each.
  Result<Evaluation> evaluate(const EvaluationRequest& request, const EvaluationHooks& hooks) override {
    ++evaluations;
    const std::size_t count = request.samples.size();
    std::size_t done = 0;
    for (const auto& blocks : hooks.finished) {
      for (const auto& block : blocks) done += block.per_sample.at("top1").size();
    }
    resumed_samples += done;
    const double value = value_of(request.variant);
    while (done < count) {
      const std::size_t size = std::min<std::size_t>(2, count - done);
      const EvaluationBlock block{.first = done, .per_sample = {{"top1", std::vector<double>(size, value)}}};
      const auto saved = hooks.save({{.block = block}});
      if (!saved) return failed(saved);
      done += size;
      hooks.progress(done);
      if (hooks.stop.stop_requested() && done < count) return fail(Cause::Cancelled, "stopped");
    }
    return Evaluation{
        .metrics = {{"top1", value}},
        .per_sample = {{"top1", std::vector<double>(count, value)}},
        .samples = count,
        .not_numbers = request.variant.quantization == nullptr ? not_numbers : std::vector<std::size_t>()};
  }

  Result<std::vector<Evaluation>> evaluate_together(const Variant&, std::span<const EvaluationRequest> requests,
                                                    const EvaluationHooks& hooks) override {
    std::vector<Evaluation> made;
    std::size_t before = 0;
    for (std::size_t at = 0; at < requests.size(); ++at) {
      if (at > 0 && hooks.stop.stop_requested()) return fail(Cause::Cancelled, "stopped");
      EvaluationHooks one{.finished = {hooks.finished[at]}, .stop = hooks.stop};
      one.save = [&](std::vector<FinishedBlock> blocks) {
        for (auto& finished : blocks) finished.request = at;
        return hooks.save(blocks);
      };
      one.progress = [&](std::size_t done) { hooks.progress(before + done); };
      auto evaluation = evaluate(requests[at], one);
      if (!evaluation) return failed(evaluation);
      made.push_back(std::move(*evaluation));
      before += requests[at].samples.size();
    }
    return made;
  }

  /// In float half as fast as in integers.
  Result<std::optional<double>> pace(const Variant& variant) override {
    if (no_pace && variant.quantization != nullptr) return fail(Cause::InvalidInput, "no sample to measure with");
    return std::optional(variant.quantization == nullptr ? 0.5 : 0.25);
  }
  bool no_pace = false;
  std::size_t layers() override { return 3; }

  Result<ExportedModel> exported(const Quantization&, const std::set<std::string, std::less<>>& reverted) override {
    ++files;
    ExportedModel file{.bytes = "model"};
    for (const auto& group : reverted) file.bytes += " " + group;
    return file;
  }

  std::function<double(const Variant&)> value_of = [](const Variant& variant) {
    return variant.quantization == nullptr ? 0.9 : 0.81 + 0.03 * static_cast<double>(variant.reverted.size());
  };
  int calibrations = 0;
  int corrections = 0;
  int files = 0;
  std::vector<QuantizationParams> quantized_with{};
  int evaluations = 0;
  std::size_t resumed_samples = 0;
};

inline RunInputs chain_inputs(std::size_t samples = 10) {
  RunInputs inputs{.model = Hasher().add("model").finish(), .graph = chain()};
  inputs.compression.algorithm = "AccuracyAwareQuantization";
  inputs.calibration = std::make_shared<FakeData>(20, "calibration");
  inputs.validation = std::make_shared<FakeData>(samples, "validation");
  inputs.metrics = {std::make_shared<FakeMetric>()};
  return inputs;
}

/// Keeps what is recorded, and compares instead where a run is replayed.
class FakeRecorder : public RunRecorder {
 public:
  Status baseline(const Baseline& record) override { return keep(baselines, record, 0); }
  Status ranking(const RankingRecord& record) override { return keep(rankings, record, record.index); }
  Status iteration(const IterationRecord& record) override { return keep(iterations, record, record.index); }
  Status finished(const RunResult& record) override {
    result = record;
    return {};
  }
  Status note(std::string_view text) override {
    notes.emplace_back(text);
    return {};
  }

  std::vector<Baseline> baselines{};
  std::vector<RankingRecord> rankings{};
  std::vector<IterationRecord> iterations{};
  std::optional<RunResult> result{};
  std::vector<std::string> notes{};

 private:
  template <class Record>
  Status keep(std::vector<Record>& records, Record record, std::int64_t index) {
    if constexpr (std::is_same_v<Record, IterationRecord>) record.seconds = 0.0;
    const auto at = static_cast<std::size_t>(index);
    if (at > records.size()) return fail(Cause::Storage, "record {} came before its turn", at);
    if (at == records.size()) records.push_back(record);
    if (records[at] != record) return fail(Cause::Storage, "record {} differs on replay", at);
    return {};
  }
};

/// Keeps what is told, and stops the run after `stop_after` events where that is set.
class FakeObserver : public RunObserver {
 public:
  void on_event(const RunEvent& event) noexcept override {
    events.push_back(event);
    if (on) on(event);
    if (stop_after && events.size() == *stop_after) stop.request_stop();
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> texts;
    for (const auto& event : events) {
      if (std::holds_alternative<Noted>(event)) texts.push_back(std::get<Noted>(event).text);
    }
    return texts;
  }

  std::vector<RunEvent> events{};
  std::function<void(const RunEvent&)> on{};
  std::optional<std::size_t> stop_after{};
  std::stop_source stop{};
};

/// A store whose writes fail with `cause` while `failures` > 0.
class FailingStore : public MemoryStore {
 public:
  Status save(const Digest& key, const Evaluation& evaluation) override {
    if (auto failed_now = failure()) return *failed_now;
    return MemoryStore::save(key, evaluation);
  }
  Status save_blocks(std::span<const KeyedBlock> blocks) override {
    if (auto failed_now = failure()) return *failed_now;
    return MemoryStore::save_blocks(blocks);
  }

  int failures = 0;
  Cause cause = Cause::Blocked;

 private:
  std::optional<Status> failure() {
    if (failures == 0) return std::nullopt;
    --failures;
    return Status(fail(cause, "disk full"));
  }
};

/// One attempt after another at the same run.
struct Attempts {
  RunInputs inputs = chain_inputs();
  FakeWorkbench workbench{};
  FailingStore store{};
  FakeRecorder recorder{};

  Result<RunResult> attempt(FakeObserver& observer) {
    return execute(inputs, workbench, store, recorder, observer, observer.stop.get_token());
  }
  Result<RunResult> attempt() {
    FakeObserver observer;
    return attempt(observer);
  }
};

}  // namespace quantrail::testing_run
