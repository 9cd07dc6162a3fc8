#include "app/inspect_quantization.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "app/exit_code.h"
#include "app/iteration_model.h"
#include "app/progress.h"
#include "app/quantization_tables.h"
#include "app/signals.h"
#include "app/worker.h"
#include "model/weight_edits.h"
#include "run/rebuild.h"
#include "run/samples.h"
#include "tracking/answers.h"

namespace quantrail::app {
namespace {

Result<QuantizationReport> measured(const Prepared& p, const Quantization& quantization,
                                    std::span<const std::size_t> samples, ReportOptions options, bool quiet) {
  std::stop_source stop;
  const StopOnSignals signals(stop);
  const bool terminal = ::isatty(STDERR_FILENO) == 1 && !quiet;
  ProgressPrinter printer(stderr, terminal);
  options.pass.threads = threads_of(p.config);
  options.pass.stop = stop.get_token();
  if (terminal) {
    printer.on_event(StepStarted{"inspect", samples.size(), "samples"});
    options.pass.progress = [&](std::size_t done) { printer.on_event(StepProgress{done, samples.size()}); };
  }
  return reported(edited(p.graph, quantization), quantization, *p.calibration, samples, options);
}

Result<IterationReport> iteration_report(const Options& options, const InspectCommand& command) {
  if (std::filesystem::exists(command.target)) {
    return fail(
        Cause::InvalidInput,
        "{}: is a file; --quantization looks at an iteration of a run, RUN or RUN@IT, which knows the data that it "
        "was quantized on",
        command.target);
  }
  const auto named = named_iteration(options, command.target);
  if (!named) return failed(named);
  const auto p = prepared_again(named->run.store, named->details, Purpose::Calibrate);
  if (!p) return failed(p);
  for (const auto& data : named->details.data) {
    if (data.role != "calibration" || data.fingerprint == p->calibration->fingerprint()) continue;
    return fail(Cause::InvalidInput,
                "the calibration samples of run {} changed since it was quantized on them: not the same activations",
                named->run.id);
  }
  auto answers = tracking::Answers::open(named->run.store);
  if (!answers) return failed(answers);
  const auto quantization = stored_quantization(**answers, named->iteration.quantization);
  if (!quantization) return failed(quantization);
  IterationReport made{.run = named->run.id, .name = named->details.summary.name, .iteration = named->iteration.index};
  auto samples = calibration_samples(p->config.compression.quantization, p->calibration->size());
  made.available = samples.size();
  samples.resize(std::min(samples.size(), static_cast<std::size_t>(command.samples)));
  ReportOptions how;
  how.reverted = {named->iteration.reverted_groups.begin(), named->iteration.reverted_groups.end()};
  how.revert_mode = revert_mode_of(p->config);
  made.positions = how.positions;
  auto report = measured(*p, *quantization, samples, how, command.format == Format::Json);
  if (!report) return failed(report);
  made.report = std::move(*report);
  return made;
}

}  // namespace

int inspect_quantization(const Options& options, const InspectCommand& command) {
  auto made = iteration_report(options, command);
  if (!made) return complained(made.error());
  sort_report(made->report, report_order(command.sort));
  switch (command.format) {
    case Format::Json: fmt::print("{}\n", report_json(*made)); break;
    case Format::Csv: fmt::print("{}", report_csv(*made)); break;
    case Format::Text: fmt::print("{}", report_text(*made)); break;
  }
  return kDone;
}

}  // namespace quantrail::app
