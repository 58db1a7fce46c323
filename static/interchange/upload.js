// Sends one file with its choices and tells how far it is; fetch cannot tell that.

export const upload = (address, { file, labels, choices }, progress) => {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("choices", JSON.stringify(choices));
  if (labels) body.append("labels", labels);
  body.append("file", file);
  const answer = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => (request.status < 300 ? resolve(read(request)) : reject(new Error(refusal(request)))));
    request.addEventListener("abort", () => resolve(null));
    request.addEventListener("error", () => reject(new Error("The file did not arrive. Check the connection, then import it again.")));
  });
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
  return { answer, stop: () => request.abort() };
};

const read = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
};

const refusal = (request) => {
  if (request.status === 401) return "You are signed out. Sign in in another tab, then import it again.";
  return read(request).detail ?? "Something went wrong on the server. Nothing was imported.";
};
