#include "quantized_case.h"

#include <optional>

#include "app/worker.h"
#include "base/files.h"
#include "evaluate/feed.h"
#include "run/execute.h"
#include "run/rebuild.h"

namespace quantrail::bench {
namespace {

/// Keeps what a run records, in memory.
class Notebook : public RunRecorder, public RunObserver {
 public:
  Status baseline(const Baseline& baseline) override {
    baseline_ = baseline;
    return {};
  }
  Status ranking(const RankingRecord&) override { return {}; }
  Status iteration(const IterationRecord& iteration) override {
    iteration_ = iteration;
    return {};
  }
  Status finished(const RunResult&) override { return {}; }
  Status note(std::string_view text) override {
    notes_.emplace_back(text);
    return {};
  }
  void on_event(const RunEvent&) noexcept override {}

  std::optional<Baseline> baseline_{};
  std::optional<IterationRecord> iteration_{};
  std::vector<std::string> notes_{};
};

}  // namespace

std::vector<QuantizationCase> quantization_cases() {
  return {{"performance", {"preset=performance"}},
          {"mixed", {"preset=mixed"}},
          {"mixed, full bias", {"preset=mixed", "use_fast_bias=false"}},
          {"auto", {"preset=auto"}}};
}

Result<QuantizedNetwork> quantized_network(const std::filesystem::path& config, const QuantizationCase& how,
                                           MemoryStore& answers, const std::filesystem::path& folder) {
  std::vector<std::string> overrides{"compression.algorithms[0].name=DefaultQuantization",
                                     "compression.algorithms[0].params.equalization=null"};
  overrides.insert(overrides.end(), how.overrides.begin(), how.overrides.end());
  auto read = load_config(config, overrides);
  if (!read) return failed(read);
  auto prepared = app::prepared(std::move(*read), app::Purpose::Run, sha256_file);
  if (!prepared) return failed(prepared);
  if (!prepared->validation) {
    return fail(Cause::InvalidInput, "{}: no validation data to measure with", config.string());
  }
  Notebook notebook;
  const auto result = execute(app::inputs_of(*prepared), answers, notebook, notebook, {});
  if (!result) return failed(result);

  QuantizedNetwork made;
  made.baseline = notebook.baseline_.value();
  made.record = notebook.iteration_.value();
  made.notes = std::move(notebook.notes_);
  auto quantization = stored_quantization(answers, made.record.quantization);
  if (!quantization) return failed(quantization);
  made.quantization = std::move(*quantization);
  const auto file = rebuilt(prepared->model.hash, prepared->graph, made.record, RevertMode::Full, answers);
  if (!file) return failed(file);
  made.float_file = prepared->config.model;
  made.int8_file = folder / "int8.onnx";
  if (auto written = write_file(made.int8_file, file->bytes); !written) return failed(written);
  made.graph = sized(prepared->graph, prepared->validation->inputs());
  made.prepared = std::move(*prepared);
  return made;
}

}  // namespace quantrail::bench
