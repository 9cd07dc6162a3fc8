#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/export_command.h"
#include "app/form_fields.h"
#include "app/forms.h"
#include "app/numbers.h"
#include "app/open_store.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

tui::Field field(std::string key, std::string label, tui::FieldKind kind, std::vector<std::string> choices,
                 std::string text, std::string help) {
  tui::Field made{std::move(key), std::move(label), kind, std::move(choices), std::move(help)};
  made.original = text;
  made.line = tui::line_of(text);
  return made;
}

/// As a file name: no folders, no blanks.
std::string file_name(const std::string& run, std::int64_t iteration) {
  std::string name = run;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == ' ' || static_cast<unsigned char>(c) < 0x20; },
      '_');
  return fmt::format("{}-it{}.onnx", name, iteration);
}

}  // namespace

Result<tui::Form> export_form(const Options& options, const tui::FormSource& source) {
  const auto named = named_iteration(options, source.what);
  if (!named) return failed(named);
  tui::Form form;
  form.source = source;
  form.title = fmt::format("EXPORT  run {} {}", named->details.summary.id, named->details.summary.name);
  const std::string chosen = fmt::format("{}@{}", named->details.summary.id, named->iteration.index);
  form.fields = {
      field("what", "iteration", tui::FieldKind::Text, {}, chosen,
            "RUN@IT, where IT is a number, best, smallest, fastest or max-drop=X"),
      field("to", "file", tui::FieldKind::Path, {}, file_name(named->details.summary.name, named->iteration.index),
            "where the ONNX file is written; Tab completes"),
      field("profile", "for", tui::FieldKind::Choice, {"onnxruntime", "openvino"}, "onnxruntime",
            "openvino is unverified"),
      field("verify", "verify", tui::FieldKind::Flag, {"yes", "no"}, "yes",
            "load the file again and compare its results before it gets its name"),
      field("sidecar", "record beside it", tui::FieldKind::Flag, {"yes", "no"}, "no",
            "also FILE.json with run, iteration, metrics and drop"),
      field("force", "replace any file", tui::FieldKind::Flag, {"yes", "no"}, "no",
            "also one that is there and was not exported here"),
  };
  form.at = 1;
  return form;
}

tui::FormChecked checked_export(const Options& options, const tui::CheckForm& form) {
  tui::FormChecked checked{form.revision, {}, {}};
  const std::string to = typed_value(form.values, "to");
  const fs::path path = typed_path(to);
  std::error_code failure;
  if (to.empty())
    checked.errors["to"] = "name a file";
  else if (fs::is_directory(path, failure))
    checked.errors["to"] = path.string() + ": is a folder; name a file in it";
  else if (!fs::is_directory(path.parent_path(), failure))
    checked.errors["to"] = path.parent_path().string() + ": there is no such folder";
  const auto named = named_iteration(options, typed_value(form.values, "what"));
  if (named && checked.errors.empty()) {
    if (const auto free = check_export_target(*named, path, typed_value(form.values, "force") == "yes"); !free)
      checked.errors["to"] = free.error().message;
  }
  if (checked.errors.empty() && fs::exists(path, failure))
    checked.notes.push_back(path.string() + " is there already and will be replaced");
  if (!named) {
    checked.errors["what"] = named.error().message;
    return checked;
  }
  const auto& it = named->iteration;
  checked.notes.push_back(
      fmt::format("iteration {}: drop {}, {} layers float, {:.1f} % of multiply-adds int8, {:.2f} MiB", it.index,
                  it.drops.empty() ? "not measured" : decimals(it.drop), it.reverted_layers.size(),
                  it.int8_macs_share * 100, static_cast<double>(it.size_bytes) / 1048576.0));
  return checked;
}

std::vector<std::string> export_command(const tui::SubmitForm& form) {
  std::vector<std::string> command{"export",    typed_value(form.values, "what"),
                                   "-o",        typed_path(typed_value(form.values, "to")),
                                   "--profile", typed_value(form.values, "profile")};
  if (typed_value(form.values, "verify") == "yes") command.emplace_back("--verify");
  if (typed_value(form.values, "sidecar") == "yes") command.emplace_back("--sidecar");
  if (typed_value(form.values, "force") == "yes") command.emplace_back("--force");
  return command;
}

}  // namespace quantrail::app
