#include "app/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/add_commands.h"
#include "app/terminal_width.h"
#include "app/version.h"
#include "base/text.h"

namespace quantrail::app {

std::vector<std::pair<std::string, std::string>> command_names() {
  CLI::App app;
  Options options;
  add_commands(app, options);
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty() && sub->get_name() != "tui")
      names.emplace_back(sub->get_name(), sub->get_description());
  }
  return names;
}

namespace {

/// What to say where the first word that is no option names no command; empty where it does, or there is none.
std::string unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  if (!app.get_subcommands().empty()) return {};
  for (int at = 1; at < argc; ++at) {
    const std::string word = argv[at];
    if (word == "--store" || word == "--terminal-columns") ++at;
    if (word.starts_with('-')) continue;
    std::vector<std::string> known{"tui"};
    for (const auto& [name, description] : command_names()) known.push_back(name);
    if (std::find(known.begin(), known.end(), word) != known.end()) return {};
    return fmt::format("there is no command \"{}\"{}; there are {}", printable(word), did_you_mean(word, known),
                       joined(known, ", "));
  }
  return {};
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

constexpr const char* kRunFooter =
    "RUN is a run's id, its unique name, or \"latest\". IT is an iteration's number, best, max-drop=X (of those that "
    "drop\n"
    "no more in any metric, the one with the most in int8), or, of those within the run's limits, smallest or "
    "fastest.\n";
constexpr const char* kStoreFooter =
    "The store is --store, else $QUANTRAIL_STORE, else $XDG_DATA_HOME/quantrail, else ~/.local/share/quantrail.\n";
constexpr const char* kExitFooter =
    "Exit codes: 0 done, 1 failed or target not met, 2 bad usage or input, 3 stopped (resumable), 75 the run has "
    "another "
    "worker.";

bool takes_run(const CLI::App& command) {
  const auto options = command.get_options();
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* option) {
    return option->get_name(true).find("RUN") != std::string::npos ||
           option->get_type_name().find("RUN") != std::string::npos;
  });
}

/// Below each command's help what is true of it, behind what it says there itself.
void add_footers(CLI::App& app) {
  const std::string rest = std::string(kStoreFooter) + kExitFooter;
  app.footer(kRunFooter + rest);
  for (auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_footer().empty()) continue;
    command->footer(takes_run(*command) ? kRunFooter + rest : rest);
  }
}

/// What was wrong with the command line, and where it says what would be right.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "" : chosen.front()->get_name();
  std::vector<std::string> known = option_names(app);
  for (const auto* sub : chosen) {
    for (auto& name : option_names(*sub)) known.push_back(std::move(name));
  }
  std::string what = error.what();
  for (const auto& word : app.remaining(true)) {
    what = word.starts_with('-') ? fmt::format("there is no option {}{}", word, did_you_mean(word, known))
                                 : fmt::format("\"{}\" is one argument too many", word);
    if (word.starts_with('-')) break;
  }
  const std::string spaced = command.empty() ? "" : command + " ";
  return printable(fmt::format("{}{}; `quantrail {}--help` says what it takes", command.empty() ? "" : command + ": ",
                               what, spaced));
}

}  // namespace

Parsed parsed_options(int argc, const char* const* argv) {
  CLI::App app{"Quantrail: INT8 quantization of ONNX models with an accuracy guarantee", "quantrail"};
  Options options;
  app.set_version_flag("--version", std::string("quantrail ") + kVersion);
  app.add_option("--store", options.store, "Folder of the experiment store")->type_name("FOLDER");
  // From the screens, which show what a command prints.
  app.add_option_function<int>("--terminal-columns", lay_out_for)->check(CLI::PositiveNumber)->group("");
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_commands(app, options);
  add_footers(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const std::string wrong = unknown_command(app, argc, argv); !wrong.empty()) {
      fmt::print(stderr, "quantrail: {}\n", wrong);
      return {std::nullopt, 2};
    }
    if (error.get_exit_code() == 0) return {std::nullopt, app.exit(error)};  // --help, --version
    fmt::print(stderr, "quantrail: {}\n", usage_error(app, error));
    return {std::nullopt, 2};
  }
  return {std::move(options), 0};
}

}  // namespace quantrail::app
