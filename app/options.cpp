#include "app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/version.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

constexpr const char* kFooter =
    "RUN is a run's id, its unique name, or \"latest\". IT is an iteration's number, or \"best\".\n"
    "The store is --store, else $QUANTRAIL_STORE, else $XDG_DATA_HOME/quantrail, else ~/.local/share/quantrail.\n"
    "Exit codes: 0 done, 1 failed or target not met, 2 bad usage or input, 3 stopped (resumable), 75 the run has "
    "another "
    "worker.";

/// The command being filled in while CLI11 parses; the chosen one's callback moves it into the options.
template <class Command>
Command& chosen(CLI::App* sub, Options& options) {
  auto command = std::make_shared<Command>();
  sub->callback([command, &options] { options.command = *command; });
  return *command;
}

void add_formats(CLI::App* sub, Format& format, bool with_csv) {
  auto* json = sub->add_flag_callback(
      "--json", [&format] { format = Format::Json; }, "One JSON document instead of text");
  if (!with_csv) return;
  auto* csv = sub->add_flag_callback(
      "--csv", [&format] { format = Format::Csv; }, "Comma-separated values instead of text");
  csv->excludes(json);
}

void add_overrides(CLI::App* sub, std::vector<std::string>& overrides) {
  sub->add_option("--set", overrides,
                  "KEY=VALUE: change a configuration value; KEY is a dotted path or a unique parameter name")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
}

/// Returns the option.
CLI::Option* add_profile(CLI::App* sub, ExportProfile& profile, const std::string& what) {
  std::vector<std::pair<std::string, ExportProfile>> names;
  std::vector<std::string> shown;
  for (const auto known : export_profiles()) {
    names.emplace_back(name_of(known), known);
    shown.emplace_back(name_of(known));
  }
  const auto checked = [names, shown](const std::string& text) -> std::string {
    const bool known = std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.first == text; });
    return known ? "" : "unknown profile \"" + text + "\"; known are " + joined(shown, ", ");
  };
  return sub
      ->add_option_function<std::string>(
          "--profile",
          [names, &profile](const std::string& text) {
            for (const auto& [name, known] : names) {
              if (name == text) profile = known;
            }
          },
          what)
      ->check(CLI::Validator(checked, "onnxruntime|openvino"));
}

void add_run_commands(CLI::App& app, Options& options) {
  auto* run = app.add_subcommand(
      "run", "Start a run: quantize, and recover accuracy layer by layer where the configuration asks for it");
  auto& r = chosen<RunCommand>(run, options);
  run->add_option("CONFIG", r.config, "Configuration file (JSON with comments)")->required();
  run->add_flag("--detach", r.detach, "Return at once; the run goes on without this terminal");
  run->add_option("--name", r.name, "Name of the run; default: the model's name");
  add_overrides(run, r.overrides);

  auto* resume =
      app.add_subcommand("resume", "Go on with an interrupted run, at the very evaluation that was under way");
  auto& c = chosen<ResumeCommand>(resume, options);
  resume->add_option("RUN", c.run)->required();
  resume->add_flag("--detach", c.detach, "Return at once; the run goes on without this terminal");

  auto* worker = app.add_subcommand("worker", "")->group("");
  worker->add_option("RUN", chosen<WorkerCommand>(worker, options).run)->required();
  auto* stop = app.add_subcommand("stop", "Ask a run to stop at the next safe point; resume goes on with it");
  stop->add_option("RUN", chosen<StopCommand>(stop, options).run)->required();
  auto* watch = app.add_subcommand("watch", "Follow a run until it ends; the exit code is the run's");
  watch->add_option("RUN", chosen<WatchCommand>(watch, options).run)->required();
}

void add_store_commands(CLI::App& app, Options& options) {
  auto* list = app.add_subcommand("list", "The runs in the store, newest first");
  add_formats(list, chosen<ListCommand>(list, options).format, true);

  auto* show = app.add_subcommand("show", "One run: every iteration with its reverted layers, drop and snapshot");
  auto& s = chosen<ShowCommand>(show, options);
  show->add_option("RUN", s.run)->required();
  add_formats(show, s.format, true);

  auto* rank =
      app.add_subcommand("rank", "How much each layer is worth in float, best first: a run's ranking, or one made now");
  auto& k = chosen<RankCommand>(rank, options);
  rank->add_option("RUN or CONFIG.json", k.target)->required();
  add_overrides(rank, k.overrides);
  rank->add_option("--ranking", k.ranking, "Which of the run's rankings, from 0; default: the last one")
      ->check(CLI::Range(0, 1000000));
  rank->add_option("--ignored", k.ignored, "Print an \"ignored\" section that keeps the first N in float instead")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  add_formats(rank, k.format, true);

  auto* exported = app.add_subcommand("export", "Write an iteration's model as QDQ ONNX; without @IT the best one");
  auto& e = chosen<ExportCommand>(exported, options);
  exported->add_option("RUN[@IT]", e.target)->required();
  exported->add_option("-o,--output", e.output, "File to write")->required();
  exported->add_flag("--sidecar", e.sidecar, "Also write FILE.json with run, iteration, metrics and drop");
  add_profile(exported, e.profile, "Runtime to write for; default onnxruntime. openvino is unverified");
  exported->add_flag("--verify", e.verify,
                     "Load the file again and compare its results before it gets its name; exit code 1 where it is "
                     "another model");
}

void add_inspect(CLI::App& app, Options& options) {
  auto* inspect =
      app.add_subcommand("inspect",
                         "A model's inputs and operators, what would be quantized and what not, and why; or, with "
                         "--quantization, what the "
                         "codes of an iteration do to activations and weights, tensor by tensor and layer by layer");
  auto& i = chosen<InspectCommand>(inspect, options);
  inspect->add_option("MODEL|RUN[@IT]", i.target, "ONNX file; with --quantization or --fusion an iteration")
      ->required();
  auto* quantization =
      inspect->add_flag("--quantization", i.quantization,
                        "Error, clipping and int16 saturation of an iteration's codes on calibration samples");
  inspect->add_option("--samples", i.samples, "Calibration samples to look at")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}).description(""))
      ->capture_default_str()
      ->type_name("N")
      ->needs(quantization);
  inspect->add_option("--sort", i.sort, "graph (default), name, or the worst first: sqnr, clipped, saturation")
      ->check(CLI::IsMember({"graph", "name", "sqnr", "clipped", "saturation"}).description(""))
      ->type_name("ORDER")
      ->needs(quantization);
  auto* fusion = inspect->add_flag("--fusion", i.fusion,
                                   "What the runtime computes in float of an exported iteration, why, and the remedy");
  fusion->excludes(quantization);
  add_profile(inspect, i.profile, "With --fusion: runtime that is looked at; default onnxruntime")->needs(fusion);
  add_formats(inspect, i.format, true);
}

void add_model_commands(CLI::App& app, Options& options) {
  auto* evaluate = app.add_subcommand(
      "evaluate", "Measure a configuration's model (or --model), or an iteration RUN@IT again beside its record");
  auto& v = chosen<EvaluateCommand>(evaluate, options);
  evaluate->add_option("CONFIG|RUN@IT", v.target)->required();
  evaluate->add_option("--model", v.model, "ONNX file to measure instead of the configuration's");
  add_overrides(evaluate, v.overrides);
  add_formats(evaluate, v.format, false);

  add_inspect(app, options);

  auto* check = app.add_subcommand("check", "Validate a configuration and everything that it points to");
  auto& c = chosen<CheckCommand>(check, options);
  check->add_option("CONFIG", c.config)->required();
  add_overrides(check, c.overrides);
  add_formats(check, c.format, false);

  auto* doctor = app.add_subcommand("doctor", "What this machine and build can do, and whether the store is sound");
  add_formats(doctor, chosen<DoctorCommand>(doctor, options).format, false);
  chosen<TuiCommand>(app.add_subcommand("tui", "The screens over the store (what `quantrail` alone shows)"), options);
}

}  // namespace

Parsed parsed_options(int argc, const char* const* argv) {
  CLI::App app{"Quantrail: INT8 quantization of ONNX models with an accuracy guarantee", "quantrail"};
  Options options;
  app.set_version_flag("--version", std::string("quantrail ") + kVersion);
  app.footer(kFooter);
  app.add_option("--store", options.store, "Folder of the experiment store")->type_name("FOLDER");
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_run_commands(app, options);
  add_store_commands(app, options);
  add_model_commands(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : 2};
  }
  return {std::move(options), 0};
}

}  // namespace quantrail::app
