#include "app/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/branch.h"
#include "app/form_fields.h"
#include "app/open_store.h"
#include "base/files.h"
#include "base/folders.h"
#include "base/text.h"
#include "tui/shell_text.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kParams = "compression.algorithms[0].params.";

constexpr const char* kBlank = R"({
  "model": { "model": "model.onnx" },
  "engine": {
    "calibration": { "data": { "type": "npy", "path": "calibration.npy" } },
    "validation": { "data": { "type": "npy", "path": "validation.npy" } },
    "metrics": [{ "type": "accuracy", "top_k": 1 }]
  },
  "compression": { "algorithms": [{ "name": "AccuracyAwareQuantization", "params": { "maximal_drop": 0.01 } }] }
})";

/// What a blank form has to ask for.
bool is_blank_path(std::string_view key) {
  return key == "model.model" || key == "engine.calibration.data.path" || key == "engine.validation.data.path" ||
         key == "engine.validation.data.labels";
}

bool is_run(const std::string& what) {
  return !what.empty() && std::all_of(what.begin(), what.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool is_branch(const std::string& what) {
  const auto at = what.find('@');
  return at != std::string::npos && is_run(what.substr(0, at));
}

void check_file(tui::FormChecked& checked, const std::string& key, const fs::path& path) {
  std::error_code failure;
  if (!path.empty() && !fs::exists(path, failure)) checked.errors[key] = path.string() + ": there is no such file";
}

void check_paths(tui::FormChecked& checked, const Config& config) {
  check_file(checked, "model.model", config.model);
  if (config.engine.calibration)
    check_file(checked, "engine.calibration.data.path", config.engine.calibration->data.path);
  if (!config.engine.validation) return;
  check_file(checked, "engine.validation.data.path", config.engine.validation->data.path);
  check_file(checked, "engine.validation.data.labels", config.engine.validation->data.labels);
}

/// Options of the command that the store can judge.
void check_options(tui::FormChecked& checked, const Options& options, const tui::Changes& values) {
  const std::string after = typed_value(values, "@after");
  const std::string at_once = typed_value(values, "@at-once");
  if (!at_once.empty() && (!is_run(at_once) || at_once.size() > 3 || at_once == "0"))
    checked.errors["@at-once"] = fmt::format("\"{}\" is no number from 1 to 999", printable(at_once));
  if (after.empty()) return;
  const auto named = named_run(options, after, tracking::Store::Mode::Read);
  if (!named) checked.errors["@after"] = named.error().message;
}

/// What a message says of `key`, beside whose field it will stand.
std::string behind_key(const std::string& message, const std::string& key) {
  const std::string named = key + ": ";
  const auto at = message.find(named);
  return at == std::string::npos ? message : message.substr(at + named.size());
}

void add_option(std::vector<std::string>& command, const char* option, const std::string& value) {
  if (value.empty()) return;
  command.emplace_back(option);
  command.push_back(value);
}

}  // namespace

std::string typed_value(const tui::Changes& values, std::string_view key) {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.first == key; });
  return found == values.end() ? std::string() : found->second;
}

Result<std::string> Drafts::written(const std::string& text) {
  if (!folder_) {
    auto made = TemporaryFolder::made("quantrail");
    if (!made) return failed(made);
    folder_ = std::move(*made);
  }
  const auto path = (folder_->path() / fmt::format("new-run-{}.json", ++count_)).string();
  if (auto kept = write_file(path, text); !kept) return failed(kept);
  return path;
}

Result<Config> config_of(const Options& options, const tui::FormSource& source,
                         const std::vector<std::string>& overrides) {
  if (source.what.empty()) {
    std::error_code ignored;
    return parse_config(kBlank, fs::current_path(ignored), "new run", overrides);
  }
  if (is_branch(source.what)) {
    auto branch = branched(options, source.what, overrides);
    if (!branch) return failed(branch);
    return std::move(branch->config);
  }
  if (is_run(source.what)) {
    auto like = likened(options, source.what, overrides);
    if (!like) return failed(like);
    return std::move(like->config);
  }
  return load_config(typed_path(source.what), overrides);
}

std::vector<std::string> overrides_of(const tui::Changes& changes) {
  std::vector<std::string> overrides;
  for (const auto& [key, text] : changes) {
    if (key != "from" && !key.starts_with('@')) overrides.push_back(override_of(key, text));
  }
  return overrides;
}

Result<tui::Form> new_run_form(const Options& options, const tui::FormSource& asked) {
  tui::Form form;
  form.source = asked;
  const auto config = config_of(options, form.source, {});
  if (!config) return failed(config);
  form.title = form.source.what.empty()      ? "NEW RUN"
               : is_branch(form.source.what) ? "NEW RUN  begins at " + form.source.what
               : is_run(form.source.what)    ? "NEW RUN  as run " + form.source.what
                                             : "NEW RUN  " + form.source.what;
  for (const auto& rule : new_run_fields()) {
    tui::Field field{std::string(rule.key), std::string(rule.label), rule.kind,
                     rule.choices,          std::string(rule.help),  std::string(rule.section)};
    std::string text = rule.key == "from"          ? form.source.what
                       : rule.key.starts_with('@') ? ""
                                                   : field_text(config->effective_json, rule);
    if (form.source.what.empty() && is_blank_path(rule.key)) text.clear();
    field.original = text;
    if (rule.key == "compression.algorithms[0].params.ignored.scope") {
      for (const auto& layer : form.source.ignored) text += (text.empty() ? "" : ", ") + layer;
    }
    if (field.kind == tui::FieldKind::Choice &&
        std::find(field.choices.begin(), field.choices.end(), text) == field.choices.end())
      field.choices.push_back(text);
    field.line = tui::line_of(text);
    form.fields.push_back(std::move(field));
  }
  return form;
}

tui::FormChecked checked_new_run(const Options& options, const tui::CheckForm& form) {
  tui::FormChecked checked{form.revision, {}, {}};
  if (form.source.what.empty()) {
    for (const auto& rule : new_run_fields()) {
      if (is_blank_path(rule.key) && rule.key != "engine.validation.data.labels" &&
          typed_value(form.values, rule.key).empty())
        checked.errors[std::string(rule.key)] = "is needed";
    }
  }
  // Settings that are named but not taken over yet would be started without being seen.
  if (const auto from = typed_value(form.values, "from"); from != form.source.what) {
    const auto other = config_of(options, {tui::FormKind::NewRun, from}, {});
    checked.errors["from"] = other ? "Tab takes these settings over" : other.error().message;
    return checked;
  }
  const auto config = config_of(options, form.source, overrides_of(form.changes));
  if (!config) {
    // Whose fault it is shows where a change is refused by itself.
    for (const auto& change : form.changes) {
      const auto alone = config_of(options, form.source, overrides_of({change}));
      if (!alone) checked.errors[change.first] = behind_key(alone.error().message, change.first);
    }
    if (checked.errors.empty()) checked.errors[""] = config.error().message;
    return checked;
  }
  if (checked.errors.empty()) check_paths(checked, *config);
  check_options(checked, options, form.values);
  if (!checked.errors.empty()) return checked;
  if (!form.source.what.empty()) {
    Drafts none;
    const auto command = new_run_command({form.source, form.values, form.changes}, none);
    if (!command) return checked;
    std::string words = "as a command: quantrail";
    for (const auto& whole : *command) {
      const std::string word = whole.starts_with(kParams) ? whole.substr(kParams.size()) : whole;
      words += " " + tui::shell_quoted(word);
    }
    checked.notes.push_back(std::move(words));
  }
  for (const auto& note : config->notes) checked.notes.push_back("note: " + note);
  return checked;
}

Result<std::vector<std::string>> new_run_command(const tui::SubmitForm& form, Drafts& drafts) {
  std::vector<std::string> command{"run"};
  if (is_branch(form.source.what)) {
    add_option(command, "--from", form.source.what);
  } else if (is_run(form.source.what)) {
    add_option(command, "--like", form.source.what);
  } else if (!form.source.what.empty()) {
    command.push_back(typed_path(form.source.what));
  } else {
    auto path = drafts.written(kBlank);
    if (!path) return failed(path);
    command.push_back(std::move(*path));
  }
  for (const auto& change : overrides_of(form.changes)) add_option(command, "--set", change);
  add_option(command, "--name", typed_value(form.values, "@name"));
  std::string tags = typed_value(form.values, "@tags");
  std::replace(tags.begin(), tags.end(), ',', ' ');
  for (std::size_t at = 0; at < tags.size();) {
    const auto end = std::min(tags.find(' ', at), tags.size());
    add_option(command, "--tag", tags.substr(at, end - at));
    at = end + 1;
  }
  add_option(command, "--after", typed_value(form.values, "@after"));
  add_option(command, "--at-once", typed_value(form.values, "@at-once"));
  add_option(command, "--notify", typed_value(form.values, "@notify"));
  command.emplace_back("--detach");
  return command;
}

std::vector<std::string> completions_of(const std::string& text) {
  constexpr std::size_t kMost = 200;
  const std::string whole = home_expanded(text);
  const auto slash = whole.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : whole.substr(0, slash + 1);
  const std::string start = whole.substr(folder.size());
  std::vector<std::string> found;
  for (const auto& entry : listed(folder.empty() ? "." : folder).value_or(std::vector<fs::directory_entry>())) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start) || (start.empty() && name.starts_with('.'))) continue;
    std::error_code ignored;
    found.push_back(folder + name + (entry.is_directory(ignored) ? "/" : ""));
    if (found.size() == kMost) break;
  }
  return found;
}

}  // namespace quantrail::app
