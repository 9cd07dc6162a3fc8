#include "app/add_commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/text.h"
#include "tracking/run_fields.h"

namespace quantrail::app {
namespace {

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

/// `--name "$UNSET"` is a mistake, not a wish for the default.
CLI::Validator not_empty() {
  return {[](const std::string& text) { return std::string(text.empty() ? "must not be empty" : ""); }, ""};
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
  auto* config = run->add_option("CONFIG", r.config, "Configuration file (JSON with comments)");
  run->add_option("--from", r.from,
                  "Instead: branch off an iteration of another run, with its configuration and its layers in float")
      ->type_name("RUN[@IT]")
      ->excludes(config);
  run->add_option("--like", r.like, "Instead: with the configuration of another run, and nothing of its results")
      ->type_name("RUN")
      ->excludes(config)
      ->excludes("--from");
  run->add_flag("--detach", r.detach, "Return at once; the run goes on without this terminal");
  run->add_option("--name", r.name, "Name of the run; default: the model's name")->check(not_empty());
  run->add_option("--tag", r.tags, "Tag of the run; may be repeated")->allow_extra_args(false);
  run->add_option("--after", r.after, "Begin when this run has ended, however it ended")->type_name("RUN");
  run->add_option("--at-once", r.at_once, "Begin when fewer than N runs of the store are at work, in order of creation")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  run->add_option(
         "--notify", r.notify,
         "Shell command for the end of the run, with QUANTRAIL_RUN, _NAME, _STATE, _OUTCOME, _REASON, _METRIC, "
         "_BEST, _DROP, _STORE")
      ->type_name("COMMAND")
      ->check(not_empty());
  add_overrides(run, r.overrides);

  auto* resume = app.add_subcommand(
      "resume", "Go on with a paused run, or an interrupted one at the evaluation that was under way");
  auto& c = chosen<ResumeCommand>(resume, options);
  resume->add_option("RUN", c.run)->required();
  resume->add_flag("--take-over", c.take_over,
                   "From a worker on another machine, once that gives no sign of life for a while");
  resume->add_flag("--detach", c.detach, "Return at once; the run goes on without this terminal");

  auto* worker = app.add_subcommand("worker", "")->group("");
  auto& w = chosen<WorkerCommand>(worker, options);
  worker->add_option("RUN", w.run)->required();
  worker->add_flag("--in-turn", w.in_turn);
  worker->add_flag("--take-over", w.take_over);
  auto* stop = app.add_subcommand("stop", "Ask a run to stop at the next safe point; resume goes on with it");
  stop->add_option("RUN", chosen<StopCommand>(stop, options).run)->required();
  auto* pause =
      app.add_subcommand("pause", "Ask a run to wait at the next safe point, with what it has in memory, until resume");
  pause->add_option("RUN", chosen<PauseCommand>(pause, options).run)->required();
  auto* watch =
      app.add_subcommand("watch", "Follow a run until it ends; the exit code is the run's, 1 where it failed");
  watch->add_option("RUN", chosen<WatchCommand>(watch, options).run)->required();
}

constexpr const char* kFilterFooter =
    "FILTER: words, all of which must hold.\n"
    "  state:running,done model:resnet*     any of several; * and ? stand for letters\n"
    "  'drop<0.01' 'best>=0.75' 'age<2d' 'created>=2026-11' param.maximal_drop=0.01 'metrics.f1>0.8'\n"
    "  has:note has:tag night \"two words\"   the last two in name, model, tags or note\n"
    "  'a | b'  not a  '(a | b) c'          quote what the shell would take\n"
    "Fields: ";

void add_list(CLI::App& app, Options& options) {
  auto* list = app.add_subcommand("list", "The runs in the store, newest first, those that a filter lets through");
  auto& l = chosen<ListCommand>(list, options);
  list->footer(kFilterFooter + joined(tracking::run_field_names(), ", "));
  list->add_option("FILTER", l.filter, "Which runs; see below");
  list->add_option("--sort", l.sort, "A field to sort by, smallest first; runs without a value come last")
      ->type_name("FIELD");
  list->add_flag("-r,--reverse", l.reverse, "Largest first")->needs("--sort");
  auto* columns = list->add_option("--columns", l.columns, "Fields to show")
                      ->delimiter(',')
                      ->allow_extra_args(false)
                      ->type_name("FIELD,...");
  list->add_option("--view", l.view, "Filter, order and columns that were saved under this name")->type_name("NAME");
  list->add_option("--save-view", l.save_view, "Save filter, order and columns under this name")
      ->type_name("NAME")
      ->check(not_empty());
  list->add_option("--forget-view", l.forget_view, "Delete what was saved under this name")->type_name("NAME");
  list->add_flag("--views", l.views, "Show what was saved");
  list->add_flag("--trash", l.trash, "The runs that `rm` put into the trash");
  add_formats(list, l.format, true);
  list->get_option("--json")->excludes(columns);
}

void add_organising_commands(CLI::App& app, Options& options) {
  auto* tag = app.add_subcommand("tag", "Put tags on a run, or take them off");
  auto& t = chosen<TagCommand>(tag, options);
  tag->add_option("RUN", t.run)->required();
  tag->add_option("TAG", t.tags)->required();
  tag->add_flag("--remove", t.remove, "Take them off");
  auto* note = app.add_subcommand("note", "Write a note on a run, or show it");
  auto& n = chosen<NoteCommand>(note, options);
  note->add_option("RUN", n.run)->required();
  note->add_option("TEXT", n.text, "The note; \"\" removes it; without it the note is shown");
  auto* star = app.add_subcommand("star", "Mark a run");
  auto& s = chosen<StarCommand>(star, options);
  star->add_option("RUN", s.run)->required();
  star->add_flag("--remove", s.remove, "Unmark it");
  auto* rename = app.add_subcommand("rename", "Give a run another name");
  auto& r = chosen<RenameCommand>(rename, options);
  rename->add_option("RUN", r.run)->required();
  rename->add_option("NAME", r.name)->required();
  auto* rm = app.add_subcommand("rm", "Put runs into the trash; nothing is deleted yet");
  rm->add_option("RUN", chosen<RmCommand>(rm, options).runs)->required();
  auto* undo = app.add_subcommand("undo", "Take the runs of the latest rm, or this one, out of the trash");
  undo->add_option("RUN", chosen<UndoCommand>(undo, options).run);
}

void add_care(CLI::App& app, Options& options) {
  auto* backup =
      app.add_subcommand("backup", "Copy the store, of one moment, while its runs go on: FOLDER is a store then");
  auto& b = chosen<BackupCommand>(backup, options);
  backup->add_option("FOLDER", b.folder, "New folder")->required();
  backup->add_flag("--database-only", b.database_only, "Without the base models and the workers' logs");
  auto* gc = app.add_subcommand("gc", "What could be deleted of the store; with SCOPE, delete it");
  auto& g = chosen<GcCommand>(gc, options);
  gc->add_option(
      "SCOPE", g.scopes,
      "trash: runs that `rm` put there. orphans: files of no run. answers: what runs remember, computed again "
      "when asked for. backups: copies from before updates and recoveries");
  gc->add_flag("--dry-run", g.dry_run, "Only tell what SCOPE would delete");
  gc->add_flag("--by-run", g.by_run, "What each run takes of the disk")->excludes("SCOPE");
  add_formats(gc, g.format, false);
  auto* recover = app.add_subcommand(
      "recover", "Read what can be read of a damaged store into a new one; the damaged file is kept");
  chosen<RecoverCommand>(recover, options);
}

void add_relink(CLI::App& app, Options& options) {
  auto* relink = app.add_subcommand("relink", "Tell where the model of a run is now, when it was moved");
  auto& r = chosen<RelinkCommand>(relink, options);
  relink->add_option("RUN", r.run)->required();
  relink->add_option("MODEL", r.model, "The ONNX file; its content must be the same")->required();
}

void add_store_commands(CLI::App& app, Options& options) {
  add_list(app, options);
  auto* show = app.add_subcommand("show", "One run: every iteration with its reverted layers, drop and snapshot");
  auto& s = chosen<ShowCommand>(show, options);
  show->add_option("RUN", s.run)->required();
  show->add_flag("--config", s.config, "Its configuration instead, with where each value comes from");
  add_formats(show, s.format, true);

  auto* compare = app.add_subcommand(
      "compare",
      "What differs between runs: settings, results, layers in float, and the models worth choosing between");
  auto& c = chosen<CompareCommand>(compare, options);
  compare->add_option("RUN", c.runs)->required();
  compare->add_flag("--all", c.all, "Equal settings and layers too");
  add_formats(compare, c.format, true);

  auto* rank =
      app.add_subcommand("rank", "How much each layer is worth in float, best first: a run's ranking, or one made now");
  auto& k = chosen<RankCommand>(rank, options);
  rank->add_option("RUN or CONFIG.json", k.target)->required();
  add_overrides(rank, k.overrides);
  rank->add_option("--ranking", k.ranking,
                   "Which of the run's rankings, from 0; default: the last, with --ignored the first")
      ->check(CLI::Range(0, 1000000));
  rank->add_option("--ignored", k.ignored, "Print an \"ignored\" section that keeps the first N in float instead")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  add_formats(rank, k.format, true);

  auto* exported = app.add_subcommand("export", "Write an iteration's model as QDQ ONNX; without @IT the best one");
  auto& e = chosen<ExportCommand>(exported, options);
  exported->add_option("RUN[@IT]", e.target)->required();
  exported->add_option("-o,--output", e.output, "File to write")->required();
  exported->add_flag("--force", e.force, "Also replace a file that is no exported model");
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

void add_configuration_commands(CLI::App& app, Options& options) {
  auto* init = app.add_subcommand("init", "Write a first configuration for a model, guessed from it and its data");
  auto& i = chosen<InitCommand>(init, options);
  init->add_option("MODEL", i.model, "ONNX file")->required();
  const std::string kinds =
      "a folder of images, or with one per class; a list of images (.txt); .npy, .npz; COCO (.json)";
  init->add_option("--calibration", i.calibration, "Samples that ranges are measured on: " + kinds)->type_name("PATH");
  init->add_option("--validation", i.validation, "Samples that the loss is measured on, other ones")->type_name("PATH");
  init->add_option("--labels", i.labels, "Their labels, or targets, where these are apart: a .npy file")
      ->type_name("PATH");
  init->add_option("-o,--output", i.output, "File to write; default: the model's name, here")->type_name("FILE");
  init->add_flag("--force", i.force, "Also replace a file that is there");

  auto* config = app.add_subcommand("config", "What a configuration may hold: all of it, a section or a key");
  auto& g = chosen<ConfigCommand>(config, options);
  config->add_option("KEY", g.key, "A key or section, by its name (maximal_drop) or path (engine.validation.limit)");
  config->add_flag("--markdown", g.markdown, "As docs/configuration.md has it");
  add_formats(config, g.format, false);
  config->get_option("--json")->excludes("--markdown");
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
  check->add_flag("--forecast", c.forecast,
                  "Measure the float model for a moment, and say what a run would have to compute");
  add_formats(check, c.format, false);

  auto* doctor = app.add_subcommand("doctor", "What this machine and build can do, and whether the store is sound");
  add_formats(doctor, chosen<DoctorCommand>(doctor, options).format, false);
  auto* screens = app.add_subcommand("tui", "The screens over the store (what `quantrail` alone shows)");
  auto& t = chosen<TuiCommand>(screens, options);
  auto* script =
      screens
          ->add_option("--script", t.script,
                       "Keys from a file instead of a terminal: one line of key names, \"text\", :wait TEXT, "
                       ":dump FILE, :size 120x40, :clock 14:03")
          ->type_name("FILE");
  screens->add_option("--size", t.size, "Of the screen, with --script")->type_name("80x24")->needs(script);
}

}  // namespace

void add_commands(CLI::App& app, Options& options) {
  add_run_commands(app, options);
  add_store_commands(app, options);
  add_organising_commands(app, options);
  add_relink(app, options);
  add_care(app, options);
  add_configuration_commands(app, options);
  add_model_commands(app, options);
}

}  // namespace quantrail::app
