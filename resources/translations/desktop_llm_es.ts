<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Desktop LLM</source>
        <translation>Acerca de Desktop LLM</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Versión {version}</translation>
    </message>
    <message>
        <source>Private language models on this computer. Nothing that is written leaves it.</source>
        <translation>Modelos de lenguaje privados en este equipo. Nada de lo que se escribe sale de él.</translation>
    </message>
    <message>
        <source>Free software under the Apache License 2.0, built on llama.cpp, Qt and Python.</source>
        <translation>Software libre con licencia Apache 2.0, basado en llama.cpp, Qt y Python.</translation>
    </message>
</context>
<context>
    <name>ActionRow</name>
    <message>
        <source>Previous version</source>
        <translation>Versión anterior</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>Versión siguiente</translation>
    </message>
    <message>
        <source>Copy message</source>
        <extracomment>More was asked for; with the global place for a menu. The sibling before (-1) or after (1) was asked for.</extracomment>
        <translation>Copiar el mensaje</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>Editar el mensaje</translation>
    </message>
    <message>
        <source>Regenerate reply</source>
        <translation>Volver a generar la respuesta</translation>
    </message>
    <message>
        <source>How sure the model was</source>
        <translation>Certeza del modelo</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Más acciones</translation>
    </message>
</context>
<context>
    <name>AlertDesk</name>
    <message>
        <source>Notifications work</source>
        <extracomment>The system shows no notifications: the window has to say it; with a Notice. A notification was clicked. A notification to try it was asked for; with whether the system shows it.</extracomment>
        <translation>Las notificaciones funcionan</translation>
    </message>
    <message>
        <source>This is how Desktop LLM tells what needs attention.</source>
        <translation>Así avisa Desktop LLM de lo que requiere atención.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
</context>
<context>
    <name>AlertSettings</name>
    <message>
        <source>Try a notification</source>
        <extracomment>A notification to try them is wanted. A setting could not be kept; with its SettingsError.</extracomment>
        <translation>Probar una notificación</translation>
    </message>
    <message>
        <source>The system shows it.</source>
        <translation>El sistema la muestra.</translation>
    </message>
    <message>
        <source>This system shows no notifications: a banner in this window takes their place.</source>
        <translation>Este sistema no muestra notificaciones: en su lugar aparece un aviso en esta ventana.</translation>
    </message>
    <message>
        <source>Notify of what needs attention</source>
        <translation>Avisar de lo que requiere atención</translation>
    </message>
    <message>
        <source>Notifications hold figures of this computer, never what is written.</source>
        <translation>Las notificaciones contienen cifras de este equipo, nunca lo que se escribe.</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nunca</translation>
    </message>
    <message>
        <source>Memory in use (RAM), in percent</source>
        <translation>Memoria en uso (RAM), en porcentaje</translation>
    </message>
    <message>
        <source>0: never.</source>
        <translation>0: nunca.</translation>
    </message>
    <message>
        <source>A graphics card busy for long, in percent</source>
        <translation>Tarjeta gráfica ocupada mucho tiempo, en porcentaje</translation>
    </message>
    <message>
        <source>How long that is, in minutes</source>
        <translation>Cuánto tiempo es eso, en minutos</translation>
    </message>
    <message>
        <source>Temperature of the processor or a graphics card, in °C</source>
        <translation>Temperatura del procesador o de una tarjeta gráfica, en °C</translation>
    </message>
    <message>
        <source>Replies that are slow</source>
        <translation>Respuestas lentas</translation>
    </message>
    <message>
        <source>Slower than the settings want of a model that is recommended.</source>
        <translation>Más lentas de lo que los ajustes piden a un modelo recomendado.</translation>
    </message>
    <message>
        <source>Room left on the disk of the models, in GB</source>
        <translation>Espacio libre en el disco de los modelos, en GB</translation>
    </message>
    <message>
        <source>Downloads that fail</source>
        <translation>Descargas que fallan</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>Silencio desde</translation>
    </message>
    <message>
        <source>Nothing is notified in these hours; what still holds after them is notified then.</source>
        <translation>En esas horas no se avisa de nada; de lo que siga igual después se avisa entonces.</translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation>Silencio hasta</translation>
    </message>
    <message>
        <source>Empty: there are no quiet hours.</source>
        <translation>Vacío: no hay horas de silencio.</translation>
    </message>
    <message>
        <source>This is no time of day, as 22:00. It was not kept.</source>
        <translation>Esto no es una hora del día, como 22:00. No se guardó.</translation>
    </message>
    <message>
        <source>A time of day.</source>
        <translation>Una hora del día.</translation>
    </message>
</context>
<context>
    <name>AnalysisCard</name>
    <message>
        <source>Tokens</source>
        <extracomment>How many pieces are named.</extracomment>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Different tokens</source>
        <translation>Tokens distintos</translation>
    </message>
    <message>
        <source>Characters</source>
        <translation>Caracteres</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Palabras</translation>
    </message>
    <message>
        <source>Tokens a word</source>
        <translation>Tokens por palabra</translation>
    </message>
    <message>
        <source>Bytes a token</source>
        <translation>Bytes por token</translation>
    </message>
    <message>
        <source>Tokens that are parts of characters (byte fallback)</source>
        <translation>Tokens que son partes de caracteres (byte fallback)</translation>
    </message>
    <message>
        <source>Control tokens</source>
        <translation>Tokens de control</translation>
    </message>
    <message>
        <source>Not in the vocabulary</source>
        <translation>Fuera del vocabulario</translation>
    </message>
    <message>
        <source>Most repeated pieces</source>
        <translation>Piezas más repetidas</translation>
    </message>
    <message>
        <source>Longest pieces</source>
        <translation>Piezas más largas</translation>
    </message>
</context>
<context>
    <name>ApiLine</name>
    <message>
        <source>API on</source>
        <translation>API activa</translation>
    </message>
    <message numerus="yes">
        <source>%n client(s) now</source>
        <translation>
            <numerusform>%n cliente ahora</numerusform>
            <numerusform>%n clientes ahora</numerusform>
        </translation>
    </message>
    <message>
        <source>No client now</source>
        <translation>Sin clientes ahora</translation>
    </message>
</context>
<context>
    <name>ApiPage</name>
    <message>
        <source>Local API</source>
        <extracomment>Its documentation is wanted.</extracomment>
        <translation>API local</translation>
    </message>
    <message>
        <source>How it is used</source>
        <translation>Cómo se usa</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Claves</translation>
    </message>
    <message>
        <source>In use now</source>
        <translation>En uso ahora</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Ejemplos</translation>
    </message>
    <message>
        <source>Settings of the API</source>
        <translation>Ajustes de la API</translation>
    </message>
</context>
<context>
    <name>ApiSettings</name>
    <message>
        <source>Take over now</source>
        <extracomment>Stands where it is always seen: the page places it.</extracomment>
        <translation>Aplicar ahora</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>Solo desde este equipo</translation>
    </message>
    <message>
        <source>Other computers too</source>
        <translation>También desde otros equipos</translation>
    </message>
    <message>
        <source>Reached from</source>
        <translation>Acceso</translation>
    </message>
    <message>
        <source>Other computers are served over an encrypted connection only (TLS).</source>
        <translation>A otros equipos solo se les atiende con una conexión cifrada (TLS).</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Puerto</translation>
    </message>
    <message>
        <source>Unix socket instead of the port</source>
        <translation>Socket de Unix en lugar del puerto</translation>
    </message>
    <message>
        <source>A path, for programs of this user alone.</source>
        <translation>Una ruta, solo para programas de este usuario.</translation>
    </message>
    <message>
        <source>Encrypted connection (TLS)</source>
        <translation>Conexión cifrada (TLS)</translation>
    </message>
    <message>
        <source>Needed for other computers.</source>
        <translation>Necesaria para otros equipos.</translation>
    </message>
    <message>
        <source>PEM. Empty: one is made for this computer, and its fingerprint is shown above.</source>
        <translation>PEM. Vacío: se crea uno para este equipo y su huella se muestra arriba.</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Certificado</translation>
    </message>
    <message>
        <source>Choose a certificate</source>
        <translation>Elegir un certificado</translation>
    </message>
    <message>
        <source>The certificate&apos;s private key</source>
        <translation>Clave privada del certificado</translation>
    </message>
    <message>
        <source>Choose the certificate&apos;s private key</source>
        <translation>Elegir la clave privada del certificado</translation>
    </message>
    <message>
        <source>Models that are offered</source>
        <translation>Modelos que se ofrecen</translation>
    </message>
    <message>
        <source>Names with commas between.</source>
        <translation>Nombres separados por comas.</translation>
    </message>
    <message>
        <source>Further names for models</source>
        <translation>Otros nombres de los modelos</translation>
    </message>
    <message>
        <source>For programs that ask for a fixed name, as gpt-4o=starter, with commas between.</source>
        <translation>Para programas que piden un nombre fijo, como gpt-4o=starter, separados por comas.</translation>
    </message>
    <message>
        <source>Further names of this computer</source>
        <translation>Otros nombres de este equipo</translation>
    </message>
    <message>
        <source>By which other programs ask for it. Requests for any other name are refused.</source>
        <translation>Con los que otros programas lo llaman. Las peticiones a cualquier otro nombre se rechazan.</translation>
    </message>
    <message>
        <source>Web pages that may use it</source>
        <translation>Páginas web que pueden usarla</translation>
    </message>
    <message>
        <source>Exactly as the browser names them, as https://app.example.</source>
        <translation>Tal como las nombra el navegador, por ejemplo https://app.example.</translation>
    </message>
    <message>
        <source>Connections at once</source>
        <translation>Conexiones a la vez</translation>
    </message>
    <message>
        <source>Requests that may wait</source>
        <translation>Peticiones que pueden esperar</translation>
    </message>
    <message>
        <source>Any further one is told to come back later.</source>
        <translation>A las demás se les pide que vuelvan más tarde.</translation>
    </message>
    <message>
        <source>Unload an unused model after, in minutes</source>
        <translation>Descargar de la memoria un modelo sin uso tras, en minutos</translation>
    </message>
    <message>
        <source>Only models that the API loaded; the one in the window stays.</source>
        <translation>Solo los modelos que cargó la API; el de la ventana se queda.</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nunca</translation>
    </message>
    <message>
        <source>The changes count from the next start of the API on. Taking them over now ends what runs.</source>
        <translation>Los cambios valen desde el próximo inicio de la API. Aplicarlos ahora termina lo que está en curso.</translation>
    </message>
</context>
<context>
    <name>ApiSwitch</name>
    <message>
        <source>Local API</source>
        <translation>API local</translation>
    </message>
    <message>
        <source>Address of the local API</source>
        <translation>Dirección de la API local</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>Copiar dirección</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Activa</translation>
    </message>
    <message>
        <source>Programs on this computer that hold a key can use its models.</source>
        <translation>Los programas de este equipo que tienen una clave pueden usar sus modelos.</translation>
    </message>
    <message>
        <source>Programs here and on other computers that hold a key can use this computer&apos;s models.</source>
        <translation>Los programas de este y de otros equipos que tienen una clave pueden usar los modelos de este equipo.</translation>
    </message>
    <message>
        <source>Certificate (SHA-256): {fingerprint}</source>
        <translation>Certificado (SHA-256): {fingerprint}</translation>
    </message>
    <message>
        <source>One moment …</source>
        <translation>Un momento …</translation>
    </message>
    <message>
        <source>Not started</source>
        <translation>No se inició</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Inactiva</translation>
    </message>
    <message>
        <source>Nothing listens. Switched on, it offers this computer&apos;s models to editors, scripts and office tools, as OpenAI, Anthropic and Ollama do, without leaving this computer.</source>
        <translation>Nada escucha. Al activarla, ofrece los modelos de este equipo a editores, scripts y herramientas de oficina, como lo hacen OpenAI, Anthropic y Ollama, sin salir de este equipo.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Cerrar este aviso</translation>
    </message>
</context>
<context>
    <name>BarChart</name>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
    <message>
        <source>{value} (from {low} to {high})</source>
        <translation>{value} (de {low} a {high})</translation>
    </message>
</context>
<context>
    <name>BenchCharts</name>
    <message>
        <source>Written, tokens a second (all replies together)</source>
        <extracomment>From this width on two charts stand beside each other, in pixels.</extracomment>
        <translation>Escritos, tokens por segundo (todas las respuestas juntas)</translation>
    </message>
    <message>
        <source>Read, tokens of the prompt a second</source>
        <translation>Leídos, tokens de la entrada por segundo</translation>
    </message>
</context>
<context>
    <name>BenchForm</name>
    <message>
        <source>Automatic</source>
        <extracomment>Another model, size or setting was chosen. Measure; `order` says what.</extracomment>
        <translation>Automático</translation>
    </message>
    <message>
        <source>As in the settings</source>
        <translation>Como en los ajustes</translation>
    </message>
    <message>
        <source>Exact (f16)</source>
        <translation>Exacta (f16)</translation>
    </message>
    <message>
        <source>Half the memory (q8_0)</source>
        <translation>La mitad de memoria (q8_0)</translation>
    </message>
    <message>
        <source>How it is loaded</source>
        <translation>Cómo se carga</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Medir</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>Capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>How much is measured</source>
        <translation>Cuánto se mide</translation>
    </message>
    <message>
        <source>Context, in tokens</source>
        <translation>Contexto, en tokens</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Memory of the conversation</source>
        <translation>Memoria de la conversación</translation>
    </message>
</context>
<context>
    <name>BenchPair</name>
    <message>
        <source>The first by the second:</source>
        <translation>La primera entre la segunda:</translation>
    </message>
</context>
<context>
    <name>BenchResult</name>
    <message>
        <source>Copy as Markdown</source>
        <extracomment>It was put on the clipboard, or written; with what to say. A file could not be written; with its AppError.</extracomment>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Guardar como…</translation>
    </message>
    <message>
        <source>Report (Markdown)</source>
        <translation>Informe (Markdown)</translation>
    </message>
    <message>
        <source>Table of every run (CSV)</source>
        <translation>Tabla de cada pasada (CSV)</translation>
    </message>
    <message>
        <source>Everything (JSON)</source>
        <translation>Todo (JSON)</translation>
    </message>
    <message>
        <source>The report is in {name}.</source>
        <translation>El informe está en {name}.</translation>
    </message>
    <message>
        <source>The report is on the clipboard.</source>
        <translation>El informe está en el portapapeles.</translation>
    </message>
    <message>
        <source>Save the benchmark</source>
        <translation>Guardar la medición</translation>
    </message>
    <message>
        <source>Figures are medians; below each the lowest and the highest repeat.</source>
        <translation>Las cifras son medianas; debajo de cada una, la repetición más baja y la más alta.</translation>
    </message>
</context>
<context>
    <name>BenchRunning</name>
    <message>
        <source>Progress of the benchmark</source>
        <extracomment>Stop it.</extracomment>
        <translation>Progreso de la medición</translation>
    </message>
    <message>
        <source>The chat&apos;s model has no room beside it: it was put away, and comes back at the end.</source>
        <translation>No hay sitio a la vez para el modelo del chat: se ha descargado de la memoria y vuelve al final.</translation>
    </message>
    <message>
        <source>Other programs make it slower, and replies in a chat disturb it: such runs are marked.</source>
        <translation>Otros programas la hacen más lenta y las respuestas de un chat la perturban: esas pasadas se marcan.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>{name} is being measured</source>
        <translation>Se está midiendo {name}</translation>
    </message>
</context>
<context>
    <name>BenchRuns</name>
    <message>
        <source>Nothing was measured here yet.</source>
        <extracomment>Rows before the others are asked for, and those that are shown then. Each with its BenchRun. Other runs are chosen; `chosen` says which.</extracomment>
        <translation>Aún no se ha medido nada aquí.</translation>
    </message>
    <message>
        <source>Tick two to see them beside each other.</source>
        <translation>Al marcar dos, se ven una junto a la otra.</translation>
    </message>
    <message>
        <source>Show all {n}</source>
        <translation>Mostrar las {n}</translation>
    </message>
</context>
<context>
    <name>BenchTab</name>
    <message>
        <source>Benchmark</source>
        <translation>Rendimiento</translation>
    </message>
    <message>
        <source>A benchmark says how fast a model really is here: how long the first word takes, and how many tokens it reads and writes in a second.</source>
        <translation>Una medición dice cómo de rápido es de verdad un modelo aquí: cuánto tarda la primera palabra y cuántos tokens lee y escribe en un segundo.</translation>
    </message>
    <message>
        <source>Runs on this computer</source>
        <translation>Mediciones en este ordenador</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Una junto a otra</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>This takes about {time}.</source>
        <translation>Tarda unos {time}.</translation>
    </message>
    <message>
        <source>How long it takes is known once it runs.</source>
        <translation>Cuánto tarda se sabrá cuando esté en marcha.</translation>
    </message>
    <message>
        <source>The benchmark of {name} was deleted.</source>
        <translation>Se ha eliminado la medición de {name}.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
</context>
<context>
    <name>BenchTable</name>
    <message>
        <source>Prompt</source>
        <translation>Entrada</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>Primer token</translation>
    </message>
    <message>
        <source>Read, tokens/s</source>
        <translation>Leídos, tokens/s</translation>
    </message>
    <message>
        <source>Written, tokens/s</source>
        <translation>Escritos, tokens/s</translation>
    </message>
    <message>
        <source>Written, predicted</source>
        <translation>Escritos, predicho</translation>
    </message>
    <message>
        <source>disturbed</source>
        <translation>perturbada</translation>
    </message>
</context>
<context>
    <name>BundleButton</name>
    <message>
        <source>Carry</source>
        <extracomment>Models came out of a bundle: the list of models is another one.</extracomment>
        <translation>Llevar</translation>
    </message>
    <message>
        <source>Carry models to or from another computer</source>
        <translation>Trasladar modelos a otro equipo o desde él</translation>
    </message>
    <message>
        <source>Carry models to or from a computer without a network</source>
        <translation>Trasladar modelos a un equipo sin red o desde él</translation>
    </message>
    <message>
        <source>&amp;Carry to another computer…</source>
        <translation>&amp;Trasladar a otro equipo…</translation>
    </message>
    <message>
        <source>&amp;Open a bundle…</source>
        <translation>&amp;Abrir un paquete…</translation>
    </message>
</context>
<context>
    <name>BundleDialog</name>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Stopping …</source>
        <translation>Deteniendo…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
</context>
<context>
    <name>CardActions</name>
    <message>
        <source>Reading the file and comparing it …</source>
        <extracomment>The list of models is another one. A model shall be fetched; with a function that makes its DownloadWish and may wait.</extracomment>
        <translation>Leyendo y comparando el archivo…</translation>
    </message>
    <message>
        <source>Fetch again</source>
        <translation>Volver a descargar</translation>
    </message>
    <message>
        <source>Asking {host} …</source>
        <translation>Consultando a {host}…</translation>
    </message>
    <message>
        <source>Fetch it</source>
        <translation>Descargarla</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Verificar</translation>
    </message>
    <message>
        <source>No text of a licence lies beside this model.</source>
        <translation>Junto a este modelo no hay ningún texto de licencia.</translation>
    </message>
    <message>
        <source>Checking the file …</source>
        <translation>Comprobando el archivo…</translation>
    </message>
</context>
<context>
    <name>CardDialog</name>
    <message>
        <source>Model card: {name}</source>
        <translation>Ficha del modelo: {name}</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>Ficha del modelo</translation>
    </message>
    <message>
        <source>Written by the publisher. Pictures are not loaded.</source>
        <translation>Escrita por quien publica el modelo. No se cargan imágenes.</translation>
    </message>
</context>
<context>
    <name>CardMenu</name>
    <message>
        <source>More</source>
        <comment>what else can be done with a model</comment>
        <extracomment>Read its files and compare them. It was changed on purpose, and shall be taken as it is now. Give it a name, or notes. Ask the hub whether there is a newer version. Show the text of its licence. Take it away. The menu is opened: say what can be done now.</extracomment>
        <translation>Más</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Verificar</translation>
    </message>
    <message>
        <source>Take it as it is now</source>
        <translation>Aceptarlo como está ahora</translation>
    </message>
    <message>
        <source>Name and notes…</source>
        <translation>Nombre y notas…</translation>
    </message>
    <message>
        <source>Look for a newer version</source>
        <translation>Buscar una versión más nueva</translation>
    </message>
    <message>
        <source>Read the licence</source>
        <translation>Leer la licencia</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Quitar…</translation>
    </message>
</context>
<context>
    <name>CardReading</name>
    <message>
        <source>The model card is empty.</source>
        <extracomment>It could not be fetched; with its AppError.</extracomment>
        <translation>La ficha del modelo está vacía.</translation>
    </message>
</context>
<context>
    <name>CardState</name>
    <message>
        <source>Close this message</source>
        <extracomment>What is being done shall stop. The files shall be read and compared.</extracomment>
        <translation>Cerrar este mensaje</translation>
    </message>
    <message>
        <source>How far it is: {model}</source>
        <translation>Cuánto lleva: {model}</translation>
    </message>
    <message>
        <source>Stop</source>
        <comment>stop reading a file</comment>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Verificar</translation>
    </message>
</context>
<context>
    <name>CarryDialog</name>
    <message>
        <source>Carry to another computer</source>
        <translation>Trasladar a otro equipo</translation>
    </message>
    <message>
        <source>Folder of the bundle</source>
        <translation>Carpeta del paquete</translation>
    </message>
    <message>
        <source>Choose a folder for the bundle</source>
        <translation>Elegir una carpeta para el paquete</translation>
    </message>
    <message>
        <source>Make the bundle</source>
        <translation>Crear el paquete</translation>
    </message>
    <message>
        <source>Copying and signing the models …</source>
        <translation>Copiando y firmando los modelos…</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) are in {folder}, signed. The whole folder is carried.</source>
        <translation>
            <numerusform>%n modelo está en {folder}, firmado. Se traslada la carpeta entera.</numerusform>
            <numerusform>%n modelos están en {folder}, firmados. Se traslada la carpeta entera.</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking for models …</source>
        <translation>Buscando modelos…</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>Todavía no hay ningún modelo en este equipo.</translation>
    </message>
    <message>
        <source>A bundle is a folder with models, where they come from, their licences and their hashes. By its signature another computer sees that nothing was changed on the way.</source>
        <translation>Un paquete es una carpeta con modelos, su procedencia, sus licencias y sus sumas de comprobación. Por la firma, otro equipo ve que nada cambió por el camino.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Where to</source>
        <translation>Destino</translation>
    </message>
    <message>
        <source>Signed with</source>
        <translation>Firmado con</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Copied.</source>
        <extracomment>A model file from anywhere is wanted. The list of conversations shall be shown or hidden. The title or the state of the shown conversation changed. A link in a reply was clicked; with its address, which nobody has checked. It shall be shown what fits of a model that does not; with its ModelEntry and its Price. A conversation up to a message shall be shown as the model sees it; with it and the message&apos;s id.</extracomment>
        <translation>Copiado.</translation>
    </message>
    <message>
        <source>Stop the reply first.</source>
        <translation>Antes hay que detener la respuesta.</translation>
    </message>
    <message>
        <source>No model is ready. A model file is needed to answer.</source>
        <translation>No hay ningún modelo listo. Para responder hace falta un archivo de modelo.</translation>
    </message>
    <message>
        <source>The model is still loading. Questions can be sent already; they wait for it.</source>
        <translation>El modelo aún se está cargando. Ya se pueden enviar preguntas: esperan a que esté listo.</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>Abrir un archivo de modelo…</translation>
    </message>
    <message>
        <source>See what fits</source>
        <translation>Ver qué cabe</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation>Volver a cargar el modelo</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Conversación nueva</translation>
    </message>
</context>
<context>
    <name>ChatParts</name>
    <message>
        <source>Show or hide the conversations</source>
        <extracomment>The drawer was opened.</extracomment>
        <translation>Mostrar u ocultar las conversaciones</translation>
    </message>
    <message>
        <source>Reply settings</source>
        <translation>Ajustes de las respuestas</translation>
    </message>
</context>
<context>
    <name>CheckedField</name>
    <message>
        <source>Choose…</source>
        <translation>Elegir…</translation>
    </message>
</context>
<context>
    <name>CodeButtons</name>
    <message>
        <source>Copy code</source>
        <extracomment>How long a button says that it copied. A block is to be copied; with the number of its first segment.</extracomment>
        <translation>Copiar el código</translation>
    </message>
</context>
<context>
    <name>CompareControls</name>
    <message>
        <source>This text</source>
        <extracomment>What is compared: a text, or the passage by language, measured against English or in tokens. How languages are shown; of a text both have room. Something else is to be counted or measured. Languages are to be shown as a chart or as a table. The document is to be put away. A file was chosen for the export; with its Path. The choice could not be kept; with an AppError.</extracomment>
        <translation>Este texto</translation>
    </message>
    <message>
        <source>Languages, against English</source>
        <translation>Idiomas, respecto al inglés</translation>
    </message>
    <message>
        <source>Languages, in tokens</source>
        <translation>Idiomas, en tokens</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>Qué se compara</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Gráfico</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabla</translation>
    </message>
    <message>
        <source>How it is shown</source>
        <translation>Cómo se muestra</translation>
    </message>
    <message>
        <source>Compare the text of the Text tab again</source>
        <translation>Volver a comparar el texto de la pestaña Texto</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Document: {name}</source>
        <translation>Documento: {name}</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>Tabla (CSV)…</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablas (*.csv)</translation>
    </message>
    <message>
        <source>Chart as a picture (PNG)…</source>
        <translation>Gráfico como imagen (PNG)…</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Imágenes (*.png)</translation>
    </message>
    <message>
        <source>Chart as a drawing (SVG)…</source>
        <translation>Gráfico como dibujo (SVG)…</translation>
    </message>
    <message>
        <source>Drawings (*.svg)</source>
        <translation>Dibujos (*.svg)</translation>
    </message>
    <message>
        <source>Export the comparison</source>
        <translation>Exportar la comparación</translation>
    </message>
    <message>
        <source>tokens</source>
        <comment>the name of a file</comment>
        <translation>tokens</translation>
    </message>
</context>
<context>
    <name>CompareTab</name>
    <message>
        <source>Written to {file}, in the place of an earlier file.</source>
        <extracomment>What is asked: under which tokenizers, and of which text; None: of the passage by language. What each makes of it, and the passage where that was asked.</extracomment>
        <translation>Guardado en {file}, en lugar de un archivo anterior.</translation>
    </message>
    <message>
        <source>Written to {file}.</source>
        <translation>Guardado en {file}.</translation>
    </message>
    <message>
        <source>Two tokenizers at least are compared. Choose another one.</source>
        <translation>Se comparan al menos dos tokenizadores. Falta elegir otro.</translation>
    </message>
    <message>
        <source>There is no text yet. Type it in the Text tab, or drop a document here.</source>
        <translation>Todavía no hay texto. Se puede escribir en la pestaña Texto o soltar aquí un documento.</translation>
    </message>
    <message>
        <source>Compare languages</source>
        <translation>Comparar idiomas</translation>
    </message>
    <message>
        <source>The same passage of five sentences, said in {n} languages.</source>
        <translation>El mismo pasaje de cinco frases, dicho en {n} idiomas.</translation>
    </message>
    <message>
        <source>{characters} characters, {size}</source>
        <translation>{characters} caracteres, {size}</translation>
    </message>
    <message>
        <source>Counting</source>
        <translation>Contando</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Comparación</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Question</source>
        <extracomment>Enter was pressed. The field got or lost the keyboard; with whether it has it now. A text shall be sent; with the text, which is not blank. The reply under way shall stop. Another wording of an earlier question is given up.</extracomment>
        <translation>Pregunta</translation>
    </message>
    <message>
        <source>Ask a question</source>
        <translation>Hacer una pregunta</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Enviar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Editing a question: the old wording and its reply are kept.</source>
        <translation>Edición de una pregunta: se conservan el texto anterior y su respuesta.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Intro</translation>
    </message>
</context>
<context>
    <name>Confidence</name>
    <message>
        <source>Part of what the model thought before its reply, which is folded away.</source>
        <extracomment>How often the map of a reply that is being written is brought up to date, and a cancel is looked for. It rests for so many times as long as that took.</extracomment>
        <translation>Parte de lo que el modelo pensó antes de responder, que está plegado.</translation>
    </message>
    <message>
        <source>Not seen in the reply: a mark of its formatting or of a thought, or white space.</source>
        <translation>No se ve en la respuesta: es una marca de formato o de un pensamiento, o espacio en blanco.</translation>
    </message>
</context>
<context>
    <name>ConfidencePanel</name>
    <message>
        <source>How sure the model was</source>
        <extracomment>The next (1), previous (-1), next unlikely (2) or previous unlikely (-2) token is wanted. The figures shall be computed, or no more. Another model&apos;s figures are wanted; with its name. The reply shall go on from the shown token with this one; with a TokenAlternative.</extracomment>
        <translation>Certeza del modelo</translation>
    </message>
    <message>
        <source>Figures of</source>
        <translation>Cifras de</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Go on from here with this</source>
        <translation>Continuar desde aquí con este</translation>
    </message>
    <message>
        <source>Choose a token: click it in the reply, or step with the arrow keys left and right.</source>
        <translation>Elegir un token: con un clic en la respuesta, o paso a paso con las flechas izquierda y derecha.</translation>
    </message>
    <message>
        <source>Unlikely token before</source>
        <translation>Token improbable anterior</translation>
    </message>
    <message>
        <source>Token before</source>
        <translation>Token anterior</translation>
    </message>
    <message>
        <source>Token after</source>
        <translation>Token siguiente</translation>
    </message>
    <message>
        <source>Unlikely token after</source>
        <translation>Token improbable siguiente</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Computing: {share}</source>
        <translation>Calculando: {share}</translation>
    </message>
    <message>
        <source>{n} tokens; surprise {bits} bits a token on average (perplexity {perplexity}).</source>
        <translation>{n} tokens; sorpresa media de {bits} bits por token (perplejidad {perplexity}).</translation>
    </message>
    <message>
        <source>Token {index} of {n}, number {id}</source>
        <translation>Token {index} de {n}, número {id}</translation>
    </message>
    <message>
        <source>{bits} bits</source>
        <translation>{bits} bits</translation>
    </message>
    <message>
        <source>Probability is not truth: a model can be sure of what is wrong, and unsure of what is right.</source>
        <translation>Probable no significa verdadero: un modelo puede estar seguro de algo falso y dudar de algo cierto.</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Probabilidad</translation>
    </message>
    <message>
        <source>As the model computed it, before sampling.</source>
        <translation>Tal como la calculó el modelo, antes del muestreo.</translation>
    </message>
    <message>
        <source>After sampling</source>
        <translation>Tras el muestreo</translation>
    </message>
    <message>
        <source>Its probability in the draw, after temperature and the other samplers.</source>
        <translation>Su probabilidad en el sorteo, tras la temperatura y los demás filtros.</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>Sorpresa</translation>
    </message>
    <message>
        <source>The less likely, the more bits.</source>
        <translation>Cuanto menos probable, más bits.</translation>
    </message>
    <message>
        <source>Uncertainty (entropy)</source>
        <translation>Incertidumbre (entropía)</translation>
    </message>
    <message>
        <source>How evenly the model&apos;s expectation was spread at this place.</source>
        <translation>Hasta qué punto la expectativa del modelo estaba repartida en este lugar.</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Puesto</translation>
    </message>
    <message>
        <source>1 is the likeliest of all tokens.</source>
        <translation>1 es el más probable de todos los tokens.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Choose one of these tokens to begin another version of this reply; this one stays.</source>
        <translation>Con uno de estos tokens comienza otra versión de esta respuesta; esta se conserva.</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>New conversation</source>
        <extracomment>A conversation was chosen; with it. A new conversation is wanted. A conversation shall go; with it. A conversation shall have another title; with it and the title. A conversation shall be shown as the model sees it; with it.</extracomment>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>Buscar conversaciones</translation>
    </message>
    <message>
        <source>No conversation holds these words.</source>
        <translation>Ninguna conversación contiene estas palabras.</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Conversaciones</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Cambiar el nombre</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Show as the model sees it</source>
        <translation>Mostrar como lo ve el modelo</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>New conversation</source>
        <extracomment>The user gave a conversation another title; with the Conversation and the title.</extracomment>
        <translation>Conversación nueva</translation>
    </message>
</context>
<context>
    <name>CoreMap</name>
    <message>
        <source>Processor cores</source>
        <extracomment>What is idle is seen against what was not measured.</extracomment>
        <translation>Núcleos del procesador</translation>
    </message>
    <message>
        <source>core {n}: {share}</source>
        <translation>núcleo {n}: {share}</translation>
    </message>
    <message>
        <source>core {n}, {when}: {share}</source>
        <translation>núcleo {n}, {when}: {share}</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
</context>
<context>
    <name>CountWords</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n character(s)</source>
        <translation>
            <numerusform>%n carácter</numerusform>
            <numerusform>%n caracteres</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n byte(s)</source>
        <translation>
            <numerusform>%n byte</numerusform>
            <numerusform>%n bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DecodeDialog</name>
    <message>
        <source>Decode token ids</source>
        <extracomment>These ids are to be decoded; with a list of them. The answer comes by `show_text`.</extracomment>
        <translation>Descodificar números de token</translation>
    </message>
    <message>
        <source>Token ids of {name}, with commas or spaces between</source>
        <translation>Números de token de {name}, separados por comas o espacios</translation>
    </message>
    <message>
        <source>Their text</source>
        <translation>Su texto</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Only numbers are token ids.</source>
        <translation>Solo los números son tokens.</translation>
    </message>
</context>
<context>
    <name>DiffView</name>
    <message>
        <source>Difference</source>
        <translation>Diferencia</translation>
    </message>
    <message>
        <source>The rest is not shown.</source>
        <translation>El resto no se muestra.</translation>
    </message>
    <message>
        <source>  ⋯ the same in both: {n} lines</source>
        <translation>  ⋯ igual en ambos: {n} líneas</translation>
    </message>
</context>
<context>
    <name>DiskCard</name>
    <message>
        <source>In use</source>
        <extracomment>Load it as the settings say. Ask how to load it, or what to give up so that it fits. Close it. Show what it is. It shows something else. Give its load up.</extracomment>
        <translation>En uso</translation>
    </message>
    <message>
        <source>Looking whether it fits …</source>
        <translation>Comprobando si cabe…</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>See what fits</source>
        <translation>Ver qué cabe</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>Descargar de la memoria</translation>
    </message>
    <message>
        <source>Load with options…</source>
        <translation>Cargar con opciones…</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>built-in, for trying</source>
        <translation>incluido, para probar</translation>
    </message>
    <message>
        <source>Loaded {how}. The engine&apos;s memory: {predicted} predicted, {measured} taken.</source>
        <translation>Cargado {how}. Memoria del motor: {predicted} previstos, {measured} ocupados.</translation>
    </message>
    <message>
        <source>Speed: {predicted} predicted, {measured} measured.</source>
        <translation>Velocidad: {predicted} previstos, {measured} medidos.</translation>
    </message>
    <message>
        <source>Loading {model}</source>
        <translation>Cargando {model}</translation>
    </message>
</context>
<context>
    <name>DiskRemoval</name>
    <message>
        <source>Remove a model</source>
        <translation>Quitar un modelo</translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <extracomment>A model is gone from the list. One was taken from the list and can be taken back; with its name, and a function that does so and waits. A model could not be removed; with its AppError.</extracomment>
        <translation>¿Eliminar {name}?</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Take {name} from the list?</source>
        <translation>¿Quitar {name} de la lista?</translation>
    </message>
    <message>
        <source>Take from the list</source>
        <translation>Quitar de la lista</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Conservar</translation>
    </message>
</context>
<context>
    <name>DocumentCard</name>
    <message>
        <source>Put away</source>
        <extracomment>The text is to be put away.</extracomment>
        <translation>Retirar</translation>
    </message>
    <message>
        <source>A long text</source>
        <translation>Un texto largo</translation>
    </message>
    <message>
        <source>{size}. It is counted and shown in pieces; it is too long to be edited here.</source>
        <translation>{size}. Se cuenta y se muestra en piezas; es demasiado largo para editarlo aquí.</translation>
    </message>
</context>
<context>
    <name>DocumentDialog</name>
    <message>
        <source>Close</source>
        <extracomment>A link was clicked; nothing is opened yet.</extracomment>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>DownloadLine</name>
    <message>
        <source>How far the downloads are</source>
        <translation>Avance de las descargas</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Descargas</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Download of {name}</source>
        <extracomment>Each with the download&apos;s id. It is ready and shall be loaded; with its DownloadSnapshot.</extracomment>
        <translation>Descarga de {name}</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation>Cargar {name}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Intentar de nuevo</translation>
    </message>
    <message>
        <source>Try again: {name}</source>
        <translation>Intentar de nuevo: {name}</translation>
    </message>
    <message>
        <source>Pause {name}</source>
        <translation>Pausar {name}</translation>
    </message>
    <message>
        <source>Go on with {name}</source>
        <translation>Continuar con {name}</translation>
    </message>
    <message>
        <source>Cancel {name}</source>
        <translation>Cancelar {name}</translation>
    </message>
    <message>
        <source>Take {name} from this list</source>
        <translation>Quitar {name} de esta lista</translation>
    </message>
</context>
<context>
    <name>DownloadStrip</name>
    <message>
        <source>Downloads</source>
        <extracomment>From so many bytes on it is asked before they are thrown away. The part of the page that the rows may take, in pixels; the rest is scrolled to. A model that has come shall be loaded; with its DownloadSnapshot.</extracomment>
        <translation>Descargas</translation>
    </message>
    <message>
        <source>Fold the downloads</source>
        <translation>Plegar las descargas</translation>
    </message>
    <message>
        <source>Asking the hub for the file …</source>
        <translation>Preguntando al hub por el archivo…</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>Cancelar la descarga</translation>
    </message>
    <message>
        <source>Cancel the download of {name}?</source>
        <translation>¿Cancelar la descarga de {name}?</translation>
    </message>
    <message>
        <source>The {size} that have come are removed. Paused instead, they are kept, and it goes on later.</source>
        <translation>Se eliminan los {size} recibidos. Si solo se pausa, se conservan y la descarga continúa más tarde.</translation>
    </message>
    <message>
        <source>Cancel and remove</source>
        <translation>Cancelar y eliminar</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Show the downloads</source>
        <translation>Mostrar las descargas</translation>
    </message>
</context>
<context>
    <name>EndButton</name>
    <message>
        <source>Go to the end</source>
        <translation>Ir al final</translation>
    </message>
</context>
<context>
    <name>ExamplesCard</name>
    <message>
        <source>Language of the example</source>
        <translation>Lenguaje del ejemplo</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>Ejemplo</translation>
    </message>
    <message>
        <source>Copy example</source>
        <translation>Copiar ejemplo</translation>
    </message>
    <message>
        <source>Put a key of your own in place of {mask}.</source>
        <translation>En lugar de {mask} va una clave propia.</translation>
    </message>
</context>
<context>
    <name>FindFilters</name>
    <message>
        <source>Any</source>
        <extracomment>Bounds of the parameters by the value of the choice. Enter was pressed in a field, or a size was chosen.</extracomment>
        <translation>Cualquiera</translation>
    </message>
    <message>
        <source>As llama, qwen3</source>
        <translation>Como llama, qwen3</translation>
    </message>
    <message>
        <source>Up to {n}</source>
        <translation>Hasta {n}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>De {low} a {high}</translation>
    </message>
    <message>
        <source>Over {n}</source>
        <translation>Más de {n}</translation>
    </message>
    <message>
        <source>Publisher</source>
        <translation>Publicado por</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Arquitectura</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parámetros</translation>
    </message>
</context>
<context>
    <name>FindModels</name>
    <message>
        <source>Find models</source>
        <extracomment>The way back to the models&apos; page. A repository is to be shown; with its HubHit.</extracomment>
        <translation>Buscar modelos</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Back to the models page</source>
        <translation>Volver a la página de modelos</translation>
    </message>
    <message>
        <source>Name of a model, as qwen3 8b</source>
        <translation>Nombre de un modelo, como qwen3 8b</translation>
    </message>
    <message>
        <source>Search for models</source>
        <translation>Buscar modelos</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>Filtros</translation>
    </message>
    <message>
        <source>Most used</source>
        <translation>Los más usados</translation>
    </message>
    <message>
        <source>Most talked about now</source>
        <translation>Los más comentados ahora</translation>
    </message>
    <message>
        <source>Best liked</source>
        <translation>Los mejor valorados</translation>
    </message>
    <message>
        <source>Changed last</source>
        <translation>Los últimos modificados</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>Los más nuevos</translation>
    </message>
    <message>
        <source>Order of the results</source>
        <translation>Orden de los resultados</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Mostrar más</translation>
    </message>
    <message>
        <source>Asking {host} …</source>
        <translation>Preguntando a {host}…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Offline mode is on. To search, this program has to reach {host}.</source>
        <translation>El modo sin conexión está activado. Para buscar, este programa tiene que conectarse a {host}.</translation>
    </message>
    <message>
        <source>Go online</source>
        <translation>Conectarse</translation>
    </message>
    <message>
        <source>Any model in the GGUF format can be fetched. Or begin with those used most:</source>
        <translation>Se puede descargar cualquier modelo en formato GGUF. También se puede empezar por los más usados:</translation>
    </message>
    <message>
        <source>Show the most used</source>
        <translation>Mostrar los más usados</translation>
    </message>
    <message>
        <source>Only what is typed here is sent to {host}. The visit is kept in the ledger, its words are not.</source>
        <translation>Solo se envía a {host} lo que se escribe aquí. La visita se anota en el registro; las palabras, no.</translation>
    </message>
    <message>
        <source>{host} knows no model like that.</source>
        <translation>{host} no conoce ningún modelo así.</translation>
    </message>
    <message>
        <source>Search without filters</source>
        <translation>Buscar sin filtros</translation>
    </message>
    <message>
        <source>Filters ({n})</source>
        <translation>Filtros ({n})</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Orden</translation>
    </message>
</context>
<context>
    <name>FindingsPanel</name>
    <message>
        <source>Nothing holds this computer back.</source>
        <extracomment>A model or a card by name belongs to what a finding is about: two cards are two findings. How many looks apart a sentence that is being read may change. A finding&apos;s button was pressed; with its Remedy.</extracomment>
        <translation>Nada frena a este equipo.</translation>
    </message>
    <message>
        <source>Good to know:</source>
        <extracomment>The button was pressed; with its Remedy.</extracomment>
        <translation>Conviene saberlo:</translation>
    </message>
    <message>
        <source>Costs speed:</source>
        <translation>Resta velocidad:</translation>
    </message>
    <message>
        <source>Urgent:</source>
        <translation>Urgente:</translation>
    </message>
</context>
<context>
    <name>FitCard</name>
    <message>
        <source>none</source>
        <extracomment>The user changed a setting; with its name and value.</extracomment>
        <translation>ninguno</translation>
    </message>
    <message>
        <source>How much of the context the text takes</source>
        <translation>Cuánto contexto ocupa el texto</translation>
    </message>
    <message>
        <source>Context in tokens</source>
        <translation>Contexto en tokens</translation>
    </message>
    <message>
        <source>Price of a million tokens</source>
        <translation>Precio de un millón de tokens</translation>
    </message>
    <message>
        <source>Takes {share} of it; {n} tokens stay free.</source>
        <translation>Ocupa el {share}; quedan {n} tokens libres.</translation>
    </message>
    <message>
        <source>Does not fit: {n} tokens too many.</source>
        <translation>No cabe: sobran {n} tokens.</translation>
    </message>
    <message>
        <source>Of a document like this {n} typed pages fit.</source>
        <translation>De un documento así caben {n} páginas mecanografiadas.</translation>
    </message>
    <message>
        <source>This text costs {cost} to be read.</source>
        <translation>Leer este texto cuesta {cost}.</translation>
    </message>
    <message>
        <source>This computer reads it in about {duration} ({speed} tokens a second).</source>
        <translation>Este equipo lo lee en unos {duration} ({speed} tokens por segundo).</translation>
    </message>
</context>
<context>
    <name>GatedPanel</name>
    <message>
        <source>1. Accept the licence on the hub&apos;s page, in a browser, signed in:</source>
        <extracomment>A token was kept or removed.</extracomment>
        <translation>1. Aceptar la licencia en la página del modelo, en un navegador y con la sesión iniciada:</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Copiar enlace</translation>
    </message>
    <message>
        <source>Access token of the hub</source>
        <translation>Token de acceso al hub</translation>
    </message>
    <message>
        <source>The publisher wants the licence accepted first</source>
        <translation>Quien lo publica pide aceptar antes la licencia</translation>
    </message>
    <message>
        <source>2. Enter an access token of that account. It is sent to {host} only:</source>
        <translation>2. Introducir un token de acceso de esa cuenta. Solo se envía a {host}:</translation>
    </message>
</context>
<context>
    <name>GroupCard</name>
    <message>
        <source>Show the {n} versions of {name}</source>
        <translation>Mostrar las {n} versiones de {name}</translation>
    </message>
    <message>
        <source>Fold the versions of {name}</source>
        <translation>Plegar las versiones de {name}</translation>
    </message>
    <message>
        <source>Load {kind}</source>
        <translation>Cargar {kind}</translation>
    </message>
    <message>
        <source>it</source>
        <translation>esta</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>en uso</translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation>no se puede usar</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>The local API</source>
        <translation>La API local</translation>
    </message>
    <message>
        <source>The documentation is missing in this installation. It is the file docs/api.md of the program.</source>
        <translation>Falta la documentación en esta instalación. Es el archivo docs/api.md del programa.</translation>
    </message>
</context>
<context>
    <name>HintRow</name>
    <message>
        <source>Show next</source>
        <translation>Ver siguiente</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Aplicar</translation>
    </message>
</context>
<context>
    <name>HintsCard</name>
    <message>
        <source>Looking for savings …</source>
        <extracomment>The next place of a hint is to be shown; with its HintKind. A hint is to be applied everywhere; with its HintKind.</extracomment>
        <translation>Buscando ahorros…</translation>
    </message>
    <message>
        <source>Nothing was found that could be written in fewer tokens.</source>
        <translation>No se ha encontrado nada que se pueda escribir con menos tokens.</translation>
    </message>
</context>
<context>
    <name>HitRow</name>
    <message>
        <source>by {publisher}</source>
        <translation>de {publisher}</translation>
    </message>
    <message>
        <source>Licence to accept first</source>
        <translation>Con licencia por aceptar</translation>
    </message>
</context>
<context>
    <name>Home</name>
    <message>
        <source>Start</source>
        <extracomment>An example was chosen; with its text, which shall be sent. A model file from anywhere is wanted. A better model than the built-in one is wanted.</extracomment>
        <translation>Inicio</translation>
    </message>
    <message>
        <source>Ask a question</source>
        <translation>Hacer una pregunta</translation>
    </message>
    <message>
        <source>The model runs on this computer. Questions and replies stay here.</source>
        <translation>El modelo funciona en este equipo. Las preguntas y las respuestas se quedan aquí.</translation>
    </message>
    <message>
        <source>To try</source>
        <translation>Para probar</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n hilo</numerusform>
            <numerusform>%n hilos</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation>{size} de memoria</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>No hay ningún modelo cargado</translation>
    </message>
    <message>
        <source>Open a model file (GGUF) to begin.</source>
        <translation>Para empezar, abrir un archivo de modelo (GGUF).</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>Cargando</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Listo</translation>
    </message>
    <message>
        <source>A tiny model, for trying the app. It is often wrong: check what it says.</source>
        <translation>Un modelo diminuto, para probar la aplicación. Se equivoca a menudo: conviene comprobar lo que dice.</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>Abrir un archivo de modelo…</translation>
    </message>
    <message>
        <source>Larger models answer far better.</source>
        <translation>Los modelos más grandes responden mucho mejor.</translation>
    </message>
    <message>
        <source>Get a better model</source>
        <translation>Conseguir un modelo mejor</translation>
    </message>
    <message>
        <source>Send: {text}</source>
        <translation>Enviar: {text}</translation>
    </message>
    <message>
        <source>Explain in three sentences why the sky is blue.</source>
        <translation>Explicar en tres frases por qué el cielo es azul.</translation>
    </message>
    <message>
        <source>Write a short, polite e-mail that moves a meeting to Thursday.</source>
        <translation>Escribir un correo breve y cortés que pase una reunión al jueves.</translation>
    </message>
    <message>
        <source>Make a list of five things to check before signing a contract.</source>
        <translation>Hacer una lista de cinco cosas que comprobar antes de firmar un contrato.</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import models</source>
        <extracomment>Models were taken: the list of models is another one.</extracomment>
        <translation>Importar modelos</translation>
    </message>
    <message>
        <source>Use it where it is</source>
        <translation>Usarlo donde está</translation>
    </message>
    <message>
        <source>A second name in the models folder (hard link)</source>
        <translation>Un segundo nombre en la carpeta de modelos (enlace físico)</translation>
    </message>
    <message>
        <source>Copy it into the models folder</source>
        <translation>Copiarlo a la carpeta de modelos</translation>
    </message>
    <message>
        <source>How models are taken in</source>
        <translation>Modo de importar los modelos</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>Elegir archivos…</translation>
    </message>
    <message>
        <source>How far the import is</source>
        <translation>Avance de la importación</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Looking for the models of other programs …</source>
        <translation>Buscando los modelos de otros programas…</translation>
    </message>
    <message>
        <source>No other models of LM Studio, Ollama, Jan, GPT4All or Hugging Face were found.</source>
        <translation>No se han encontrado otros modelos de LM Studio, Ollama, Jan, GPT4All ni Hugging Face.</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) taken in.</source>
        <translation>
            <numerusform>Se ha importado %n modelo.</numerusform>
            <numerusform>Se han importado %n modelos.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) were here already.</source>
        <translation>
            <numerusform>%n modelo ya estaba aquí.</numerusform>
            <numerusform>%n modelos ya estaban aquí.</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose models</source>
        <translation>Elegir modelos</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelos (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Import ({n})</source>
        <translation>Importar ({n})</translation>
    </message>
    <message>
        <source>Where it is: no room is taken, and the other program keeps it. A copy takes its room twice.</source>
        <translation>Donde está: no ocupa espacio y el otro programa lo conserva. Una copia ocupa el doble.</translation>
    </message>
</context>
<context>
    <name>ItemBuilder</name>
    <message>
        <source>This is sent as soon as the model is ready.</source>
        <translation>Se enviará en cuanto el modelo esté listo.</translation>
    </message>
    <message numerus="yes">
        <source>%n earlier message(s) were left out, because the context is full:</source>
        <translation>
            <numerusform>Se ha omitido %n mensaje anterior, porque el contexto está lleno:</numerusform>
            <numerusform>Se han omitido %n mensajes anteriores, porque el contexto está lleno:</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Detenida.</translation>
    </message>
    <message>
        <source>The reply ends here because the context is full.</source>
        <translation>La respuesta acaba aquí porque el contexto está lleno.</translation>
    </message>
    <message>
        <source>The reply ends here because it reached the longest length.</source>
        <translation>La respuesta acaba aquí porque ha alcanzado la longitud máxima.</translation>
    </message>
    <message>
        <source>“{text}”</source>
        <translation>«{text}»</translation>
    </message>
</context>
<context>
    <name>KeyRow</name>
    <message>
        <source>since {date}</source>
        <translation>desde el {date}</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>Revocar…</translation>
    </message>
    <message>
        <source>Revoke the key of {name}</source>
        <translation>Revocar la clave de {name}</translation>
    </message>
</context>
<context>
    <name>KeyText</name>
    <message>
        <source>Public key</source>
        <translation>Clave pública</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy the public key</source>
        <translation>Copiar la clave pública</translation>
    </message>
    <message>
        <source>The other computer needs this public key to trust the bundle. Hand it over by another way than the bundle itself: by mail, or read aloud.</source>
        <translation>El otro equipo necesita esta clave pública para confiar en el paquete. Conviene entregarla por otra vía que el propio paquete: por correo o leída en voz alta.</translation>
    </message>
    <message>
        <source>To compare it by telephone: {digits}</source>
        <translation>Para compararla por teléfono: {digits}</translation>
    </message>
</context>
<context>
    <name>KeysCard</name>
    <message>
        <source>Name of the program, as editor</source>
        <translation>Nombre del programa, por ejemplo editor</translation>
    </message>
    <message>
        <source>Name of the program that gets a key</source>
        <translation>Nombre del programa que recibe una clave</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Nueva clave</translation>
    </message>
    <message>
        <source>Asking the system&apos;s keychain …</source>
        <translation>Consultando el llavero del sistema …</translation>
    </message>
    <message>
        <source>No program has a key yet, so none is let in. Give each program a key of its own: it can be taken back without disturbing the others.</source>
        <translation>Ningún programa tiene todavía una clave, así que no entra ninguno. Conviene dar a cada programa su propia clave: se puede retirar sin molestar a los demás.</translation>
    </message>
    <message>
        <source>Revoke a key</source>
        <translation>Revocar una clave</translation>
    </message>
    <message>
        <source>Revoke the key of {name}?</source>
        <translation>¿Revocar la clave de {name}?</translation>
    </message>
    <message>
        <source>What it is used for ends at once, and it cannot be brought back. The program needs a new key.</source>
        <translation>Lo que se hace con ella termina al momento y no se puede recuperar. El programa necesitará una clave nueva.</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>Revocar</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Conservarla</translation>
    </message>
</context>
<context>
    <name>LedgerDialog</name>
    <message>
        <source>What reaches the outside</source>
        <translation>Conexiones con el exterior</translation>
    </message>
    <message>
        <source>Show only what was refused</source>
        <translation>Mostrar solo lo denegado</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Export the ledger as a table (CSV)</source>
        <translation>Exportar el registro como tabla (CSV)</translation>
    </message>
    <message>
        <source>Nothing was refused.</source>
        <translation>No se ha denegado nada.</translation>
    </message>
    <message>
        <source>This program has never reached outside this computer.</source>
        <translation>Este programa no se ha conectado nunca con el exterior.</translation>
    </message>
    <message>
        <source>{file} could not be written: {reason}. Another place can be chosen.</source>
        <translation>No se pudo escribir {file}: {reason}. Se puede elegir otro lugar.</translation>
    </message>
    <message>
        <source>Written to {file}.</source>
        <translation>Guardado en {file}.</translation>
    </message>
    <message>
        <source>Export the ledger</source>
        <translation>Exportar el registro</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablas (*.csv)</translation>
    </message>
    <message>
        <source>Every attempt to reach another computer stands here. Questions, replies and files are never among them; what was searched for is not kept.</source>
        <translation>Aquí consta cada intento de conexión con otro equipo. Nunca se envían preguntas, respuestas ni archivos, y lo que se buscó no se anota.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>Leftovers</name>
    <message>
        <source>Missing and left over</source>
        <extracomment>The parts of a path below the models folder: publisher, repository, file. A model shall be fetched; with a function that makes its DownloadWish and may wait. Something was taken from the list and can be taken back; with its name, and a function that does so and waits. Something could not be done; with its AppError.</extracomment>
        <translation>Lo que falta y lo que sobra</translation>
    </message>
    <message>
        <source>Its file is gone: it was deleted or moved, or lies on a disk that is not connected.</source>
        <translation>Su archivo no está: se borró o se movió, o está en un disco sin conectar.</translation>
    </message>
    <message>
        <source>Fetch again</source>
        <translation>Volver a descargar</translation>
    </message>
    <message>
        <source>Take from the list</source>
        <translation>Quitar de la lista</translation>
    </message>
    <message>
        <source>A download that was begun and is in no list any more: {size} have come. It goes after {day}.</source>
        <translation>Una descarga empezada que ya no está en ninguna lista: han llegado {size}. Se borra después del {day}.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Remove what has come of {name} ({size})?</source>
        <translation>¿Borrar lo que ha llegado de {name} ({size})?</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Quitar…</translation>
    </message>
    <message>
        <source>It failed its check.</source>
        <translation>No superó su comprobación.</translation>
    </message>
    <message>
        <source>{reason} The file ({size}) was put aside and is not used. Fetch it again, or remove it.</source>
        <translation>{reason} El archivo ({size}) se apartó y no se usa. Se puede volver a descargar o borrar.</translation>
    </message>
    <message>
        <source>Remove the file that was put aside of {name} ({size})?</source>
        <translation>¿Borrar el archivo apartado de {name} ({size})?</translation>
    </message>
    <message>
        <source>Remove a file</source>
        <translation>Borrar un archivo</translation>
    </message>
    <message>
        <source>It is deleted from the disk. This cannot be undone.</source>
        <translation>Se borra del disco. No se puede deshacer.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Conservar</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Legend</source>
        <translation>Leyenda</translation>
    </message>
    <message>
        <source>{share} or more</source>
        <translation>{share} o más</translation>
    </message>
    <message>
        <source>less than {share}</source>
        <translation>menos de {share}</translation>
    </message>
</context>
<context>
    <name>LicenceDialog</name>
    <message>
        <source>Licence of {name}</source>
        <translation>Licencia de {name}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>LineChart</name>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
    <message>
        <source>{value} (from {low} to {high})</source>
        <translation>{value} (de {low} a {high})</translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Open a link</source>
        <extracomment>Only these may be opened, and only after the dialog.</extracomment>
        <translation>Abrir un enlace</translation>
    </message>
    <message>
        <source>The reply links to a page outside this computer. Its host learns that the link was opened.</source>
        <translation>La respuesta enlaza con una página de fuera de este equipo. Su servidor sabrá que se ha abierto el enlace.</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>Abrir en el navegador</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>LiveCard</name>
    <message>
        <source>Nobody is using it now.</source>
        <translation>Ahora no la usa nadie.</translation>
    </message>
</context>
<context>
    <name>LiveRow</name>
    <message>
        <source>Disconnect</source>
        <translation>Desconectar</translation>
    </message>
    <message>
        <source>Disconnect {name}</source>
        <translation>Desconectar {name}</translation>
    </message>
    <message>
        <source>for {time}</source>
        <translation>desde hace {time}</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LoadDialog</name>
    <message>
        <source>Load a model</source>
        <extracomment>The model shall be loaded; with LoadParams, and whether although it does not fit. The model shall be loaded like this from now on; with LoadParams, or None for as the settings say. A smaller file of the same model shall be loaded instead; with its name.</extracomment>
        <translation>Cargar un modelo</translation>
    </message>
    <message>
        <source>Keep for this model</source>
        <translation>Conservar para este modelo</translation>
    </message>
    <message>
        <source>It is loaded like this from now on, whatever the settings say.</source>
        <translation>A partir de ahora se carga así, digan lo que digan los ajustes.</translation>
    </message>
    <message>
        <source>Reading the file …</source>
        <translation>Leyendo el archivo…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>Load {model}</source>
        <translation>Cargar {model}</translation>
    </message>
    <message>
        <source>Loaded anyway, other programs may become very slow or be ended, or it fails.</source>
        <translation>Si se carga de todos modos, otros programas pueden ir muy lentos o cerrarse, o la carga falla.</translation>
    </message>
    <message>
        <source>Load anyway</source>
        <translation>Cargar de todos modos</translation>
    </message>
    <message>
        <source>This file cannot be loaded.</source>
        <translation>Este archivo no se puede cargar.</translation>
    </message>
</context>
<context>
    <name>LoadForm</name>
    <message>
        <source>Automatic</source>
        <extracomment>The wish changed.</extracomment>
        <translation>Automático</translation>
    </message>
    <message>
        <source>Exact (f16)</source>
        <translation>Exacta (f16)</translation>
    </message>
    <message>
        <source>Half the memory (q8_0)</source>
        <translation>La mitad de memoria (q8_0)</translation>
    </message>
    <message>
        <source>Automatic: {value}</source>
        <translation>Automático: {value}</translation>
    </message>
    <message>
        <source>{n} of {all}</source>
        <translation>{n} de {all}</translation>
    </message>
    <message>
        <source>Length of the conversation, in tokens (context)</source>
        <translation>Longitud de la conversación, en tokens (contexto)</translation>
    </message>
    <message>
        <source>Length of the conversation, as a slider</source>
        <translation>Longitud de la conversación, como deslizador</translation>
    </message>
    <message>
        <source>Conversations at the same time</source>
        <translation>Conversaciones a la vez</translation>
    </message>
    <message>
        <source>They share this length.</source>
        <translation>Comparten esa longitud.</translation>
    </message>
    <message>
        <source>Memory for the conversation (KV cache)</source>
        <translation>Memoria para la conversación (caché KV)</translation>
    </message>
    <message>
        <source>The smaller one is a little less exact.</source>
        <translation>La menor es un poco menos exacta.</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>Capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>More is faster; the others go into RAM.</source>
        <translation>Con más va más rápido; las demás van a la RAM.</translation>
    </message>
    <message>
        <source>More takes more memory. The model was trained with up to {n} tokens.</source>
        <translation>Cuanto más larga, más memoria ocupa. El modelo se entrenó con hasta {n} tokens.</translation>
    </message>
    <message>
        <source>The model was trained with up to {n} tokens: beyond that its replies get worse.</source>
        <translation>El modelo se entrenó con hasta {n} tokens: más allá, sus respuestas empeoran.</translation>
    </message>
</context>
<context>
    <name>LoadStrip</name>
    <message>
        <source>Loading the model</source>
        <translation>Carga del modelo</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel loading the model</source>
        <translation>Cancelar la carga del modelo</translation>
    </message>
    <message>
        <source>{model}: {stage}</source>
        <translation>{model}: {stage}</translation>
    </message>
    <message>
        <source>comparing the file with its record</source>
        <translation>comparando el archivo con su registro</translation>
    </message>
    <message>
        <source>checking the file</source>
        <translation>comprobando el archivo</translation>
    </message>
    <message>
        <source>looking whether it fits</source>
        <translation>comprobando si cabe</translation>
    </message>
    <message>
        <source>trying it out safely</source>
        <translation>probándolo con seguridad</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>cargando</translation>
    </message>
    <message>
        <source>waiting for its turn</source>
        <translation>esperando su turno</translation>
    </message>
</context>
<context>
    <name>LoadVerdict</name>
    <message>
        <source>How fast it will be is known once this computer&apos;s speed was measured.</source>
        <extracomment>A way down was chosen; with its Step. Other programs were closed, so that the memory has to be looked at again.</extracomment>
        <translation>Se sabrá lo rápido que será cuando se haya medido la velocidad de este equipo.</translation>
    </message>
    <message>
        <source>How fast it will be is not known.</source>
        <translation>No se sabe lo rápido que será.</translation>
    </message>
    <message>
        <source>not on this computer</source>
        <translation>no está en este equipo</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Mirar de nuevo</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Aplicar</translation>
    </message>
    <message>
        <source>What it takes</source>
        <translation>Lo que ocupa</translation>
    </message>
    <message>
        <source>What can be given up</source>
        <translation>A qué se puede renunciar</translation>
    </message>
</context>
<context>
    <name>LoadedModelCard</name>
    <message>
        <source>Nothing was predicted of this load.</source>
        <translation>No se predijo nada de esta carga.</translation>
    </message>
    <message>
        <source>Memory of {name}, predicted and measured</source>
        <translation>Memoria de {name}, predicha y medida</translation>
    </message>
    <message>
        <source>{used} of {all} tokens of the context in use</source>
        <translation>{used} de {all} tokens del contexto en uso</translation>
    </message>
    <message>
        <source>{n} of {all} layers on the graphics card</source>
        <translation>{n} de {all} capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>{share} of all prompts found in the cache</source>
        <translation>{share} de todas las entradas estaba en la caché</translation>
    </message>
    <message>
        <source>Memory in all: predicted {predicted}, measured {measured}.</source>
        <translation>Memoria en total: predicha {predicted}, medida {measured}.</translation>
    </message>
    <message>
        <source>Replies</source>
        <translation>Respuestas</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>Entradas</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Cálculo</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>predicho</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>medido</translation>
    </message>
    <message>
        <source>not predicted</source>
        <translation>sin predecir</translation>
    </message>
    <message>
        <source>predicted {low} to {high} tokens/s</source>
        <translation>de {low} a {high} tokens/s predichos</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>aún sin medir</translation>
    </message>
    <message>
        <source>measured {speed} tokens/s</source>
        <translation>{speed} tokens/s medidos</translation>
    </message>
    <message>
        <source>{what}: {predicted}, {measured}.</source>
        <translation>{what}: {predicted}, {measured}.</translation>
    </message>
</context>
<context>
    <name>MemoryBars</name>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Memory of the computer (RAM)</source>
        <translation>Memoria del equipo (RAM)</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Falta</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>Otros programas</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Cálculo</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Libre</translation>
    </message>
    <message>
        <source>Missing, with what should stay free for other programs</source>
        <translation>Falta, contando lo que debe quedar libre para otros programas</translation>
    </message>
    <message>
        <source>The system and other programs</source>
        <translation>El sistema y otros programas</translation>
    </message>
    <message>
        <source>The model itself (weights)</source>
        <translation>El modelo en sí (pesos)</translation>
    </message>
    <message>
        <source>Memory for the conversation (KV cache)</source>
        <translation>Memoria para la conversación (caché KV)</translation>
    </message>
    <message>
        <source>Room for computing (buffers)</source>
        <translation>Espacio para el cálculo (búferes)</translation>
    </message>
    <message>
        <source>Stays free</source>
        <translation>Queda libre</translation>
    </message>
    <message>
        <source>takes {size} of {total}</source>
        <translation>ocupa {size} de {total}</translation>
    </message>
    <message>
        <source>{size} is missing</source>
        <translation>faltan {size}</translation>
    </message>
    <message>
        <source>{size} stays free</source>
        <translation>quedan libres {size}</translation>
    </message>
</context>
<context>
    <name>MessageView</name>
    <message>
        <source>Thinking</source>
        <extracomment>Seconds that reading Markdown may take in one go. How far above its top a segment may draw: the bar of a quote reaches up to the one before. Its height changed by something the reader did. A selection was begun in it; the others&apos; ends. The mouse drags a selection; with the place in this view.</extracomment>
        <translation>Razonamiento</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Volver a intentarlo</translation>
    </message>
    <message>
        <source>Your message</source>
        <translation>Mensaje enviado</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Respuesta</translation>
    </message>
</context>
<context>
    <name>MissingPanel</name>
    <message>
        <source>Everything is measured.</source>
        <translation>Se mide todo.</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Copy link</source>
        <extracomment>The model, which is on this computer, shall be loaded; with its ModelEntry. The model shall be fetched; with its CatalogFile.</extracomment>
        <translation>Copiar enlace</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Copy the link to {name}</source>
        <translation>Copiar el enlace a {name}</translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation>Cargar {name}</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>Descargar {name}</translation>
    </message>
    <message>
        <source>On its way</source>
        <translation>En camino</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>En uso</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>Cargando</translation>
    </message>
    <message>
        <source>How fast it will be is not known.</source>
        <translation>No se sabe a qué velocidad irá.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>En este equipo</translation>
    </message>
    <message>
        <source>Copied. Once a browser has fetched the file, it belongs into {folder}.</source>
        <translation>Copiado. Una vez descargado con un navegador, el archivo va en {folder}.</translation>
    </message>
    <message>
        <source>Copy the address of the page where the file is offered</source>
        <translation>Copiar la dirección de la página donde se ofrece el archivo</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Details of a model</source>
        <extracomment>More ways of loading one file than anybody compares. A file may hold texts of any length.</extracomment>
        <translation>Detalles de un modelo</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>El modelo</translation>
    </message>
    <message>
        <source>Its files here</source>
        <translation>Sus archivos aquí</translation>
    </message>
    <message>
        <source>Weights by number format</source>
        <translation>Pesos por formato numérico</translation>
    </message>
    <message>
        <source>Predicted and measured</source>
        <translation>Previsto y medido</translation>
    </message>
    <message>
        <source>Once this model was loaded, what was predicted stands here beside what was measured.</source>
        <translation>Cuando este modelo se haya cargado, aquí estará lo previsto junto a lo medido.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Predicted and measured, {how}</source>
        <translation>Previsto y medido, {how}</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Previsto</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Medido</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Diferencia</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Copiado.</translation>
    </message>
</context>
<context>
    <name>ModelListModel</name>
    <message>
        <source>in use</source>
        <translation>en uso</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>Choose a model</source>
        <extracomment>A model was chosen; with its ModelEntry. A file from anywhere is wanted.</extracomment>
        <translation>Elegir un modelo</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation>Modelo: {name}</translation>
    </message>
</context>
<context>
    <name>ModelPopup</name>
    <message>
        <source>Models</source>
        <extracomment>A model was chosen; with its ModelEntry. A file from anywhere is wanted.</extracomment>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelos en este equipo</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>Abrir un archivo de modelo…</translation>
    </message>
    <message>
        <source>No model was found on this computer.</source>
        <translation>No se ha encontrado ningún modelo en este equipo.</translation>
    </message>
</context>
<context>
    <name>ModelsOnDisk</name>
    <message>
        <source>Open a model file…</source>
        <extracomment>Cards that are built in one go; each takes some milliseconds. A file from anywhere is wanted. Something could not be done; with its AppError. A model shall be fetched; with a function that makes its DownloadWish and may wait. A model was taken from the list and can be taken back; with its name, and a function that does so and waits.</extracomment>
        <translation>Abrir un archivo de modelo…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importar…</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelos en este equipo</translation>
    </message>
    <message>
        <source>Model files (GGUF) are looked for in {folder}. One from anywhere else can be opened.</source>
        <translation>Los archivos de modelo (GGUF) se buscan en {folder}. También se puede abrir uno de cualquier otro sitio.</translation>
    </message>
    <message>
        <source>There is no model on this computer yet</source>
        <translation>Todavía no hay ningún modelo en este equipo</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Look at this computer again</source>
        <extracomment>A model file from anywhere is wanted.</extracomment>
        <translation>Volver a examinar este equipo</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelos en este equipo</translation>
    </message>
    <message>
        <source>Find models</source>
        <translation>Buscar modelos</translation>
    </message>
    <message>
        <source>{name} was taken from the list.</source>
        <translation>{name} se quitó de la lista.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Go online</source>
        <translation>Conectarse</translation>
    </message>
    <message>
        <source>See what fits</source>
        <translation>Ver qué cabe</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Este equipo</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Recomendados</translation>
    </message>
</context>
<context>
    <name>MonitorPage</name>
    <message>
        <source>Monitor</source>
        <extracomment>Something is to be done about a finding on another page; with its Remedy: the load dialog, models, settings.</extracomment>
        <translation>Monitor</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Ahora</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>Rendimiento</translation>
    </message>
</context>
<context>
    <name>NetworkSettings</name>
    <message>
        <source>Address of the model hub</source>
        <translation>Dirección del hub de modelos</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>Token de acceso</translation>
    </message>
    <message>
        <source>For models whose licence has to be accepted first. It is sent to the hub only.</source>
        <translation>Para modelos cuya licencia hay que aceptar antes. Solo se envía al hub.</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>As http://proxy:3128. Empty: as the system says. The word none: no proxy.</source>
        <translation>Como http://proxy:3128. Vacío: lo que diga el sistema. La palabra none: sin proxy.</translation>
    </message>
    <message>
        <source>User name at the proxy</source>
        <translation>Usuario del proxy</translation>
    </message>
    <message>
        <source>Password at the proxy</source>
        <translation>Contraseña del proxy</translation>
    </message>
    <message>
        <source>Hosts reached without the proxy</source>
        <translation>Servidores a los que se llega sin el proxy</translation>
    </message>
    <message>
        <source>With commas between them.</source>
        <translation>Separados por comas.</translation>
    </message>
    <message>
        <source>File of certificates to trust</source>
        <translation>Archivo de certificados de confianza</translation>
    </message>
    <message>
        <source>Needed where a company inspects encrypted connections (PEM).</source>
        <translation>Hace falta donde una empresa inspecciona las conexiones cifradas (PEM).</translation>
    </message>
    <message>
        <source>Choose a file of certificates</source>
        <translation>Elegir un archivo de certificados</translation>
    </message>
    <message>
        <source>Speed of downloads, in MB per second</source>
        <translation>Velocidad de las descargas, en MB por segundo</translation>
    </message>
    <message>
        <source>For all downloads together, so that others on the line keep their share.</source>
        <translation>Para todas las descargas juntas, de modo que quienes comparten la línea conserven su parte.</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>Sin límite</translation>
    </message>
</context>
<context>
    <name>NewKeyPanel</name>
    <message>
        <source>The new key</source>
        <translation>La clave nueva</translation>
    </message>
    <message>
        <source>Copy key</source>
        <translation>Copiar clave</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ocultar</translation>
    </message>
    <message>
        <source>The key of {name}. It is shown only now: give it to that program and to nobody else.</source>
        <translation>La clave de {name}. Solo se muestra ahora: es para ese programa y para nadie más.</translation>
    </message>
</context>
<context>
    <name>NowTab</name>
    <message>
        <source>What this computer is doing</source>
        <extracomment>How often it is asked whether there is a new sample. Between samples, or minutes, further apart than this nothing was measured. Something is to be done about a finding; with its Remedy.</extracomment>
        <translation>Qué está haciendo este equipo</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>Mirando este equipo…</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>Últimos 10 minutos</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Últimas 24 horas</translation>
    </message>
    <message>
        <source>Period of the charts</source>
        <translation>Periodo de los gráficos</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Notificaciones</translation>
    </message>
    <message>
        <source>Looked at once a second; nothing of it leaves this computer.</source>
        <translation>Se mira una vez por segundo; nada de ello sale de este equipo.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Processor, memory and disks</source>
        <translation>Procesador, memoria y discos</translation>
    </message>
    <message>
        <source>Each core of the processor</source>
        <translation>Cada núcleo del procesador</translation>
    </message>
    <message>
        <source>Not measured here</source>
        <translation>Lo que aquí no se mide</translation>
    </message>
    <message>
        <source>Graphics: {name}</source>
        <translation>Gráficos: {name}</translation>
    </message>
</context>
<context>
    <name>OfflineSwitch</name>
    <message>
        <source>Offline mode</source>
        <translation>Modo sin conexión</translation>
    </message>
    <message>
        <source>This run was started offline: nothing outside this computer is reached until it ends.</source>
        <translation>El programa se inició sin conexión: no se conecta con el exterior hasta que se cierre.</translation>
    </message>
    <message>
        <source>Nothing outside this computer is reached. What is being downloaded waits.</source>
        <translation>No hay conexión con el exterior. Las descargas esperan.</translation>
    </message>
    <message>
        <source>Off: {host} is reached to search for models and to fetch them, and only when asked to.</source>
        <translation>Desactivado: hay conexión con {host} para buscar y descargar modelos, y solo cuando se pide.</translation>
    </message>
</context>
<context>
    <name>OpenBundleDialog</name>
    <message>
        <source>Open a bundle</source>
        <extracomment>Models were taken: the list of models is another one.</extracomment>
        <translation>Abrir un paquete</translation>
    </message>
    <message>
        <source>Folder of the bundle</source>
        <translation>Carpeta del paquete</translation>
    </message>
    <message>
        <source>Choose the folder of the bundle</source>
        <translation>Elegir la carpeta del paquete</translation>
    </message>
    <message>
        <source>Copy them into the models folder</source>
        <translation>Copiarlos a la carpeta de modelos</translation>
    </message>
    <message>
        <source>A second name in the models folder (hard link)</source>
        <translation>Un segundo nombre en la carpeta de modelos (enlace duro)</translation>
    </message>
    <message>
        <source>Use them where they are</source>
        <translation>Usarlos donde están</translation>
    </message>
    <message>
        <source>How the models are taken in</source>
        <translation>Cómo se incorporan los modelos</translation>
    </message>
    <message>
        <source>Check the bundle</source>
        <translation>Comprobar el paquete</translation>
    </message>
    <message>
        <source>Import ({n})</source>
        <translation>Importar ({n})</translation>
    </message>
    <message>
        <source>Comparing every file with the signature …</source>
        <translation>Comparando cada archivo con la firma…</translation>
    </message>
    <message>
        <source>Taking the models in …</source>
        <translation>Incorporando los modelos…</translation>
    </message>
    <message>
        <source>Signed with the key of {name}</source>
        <translation>Firmado con la clave de {name}</translation>
    </message>
    <message numerus="yes">
        <source>Every byte is as it was signed: %n file(s).</source>
        <translation>
            <numerusform>Cada byte está como se firmó: %n archivo.</numerusform>
            <numerusform>Cada byte está como se firmó: %n archivos.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) taken in.</source>
        <translation>
            <numerusform>%n modelo incorporado.</numerusform>
            <numerusform>%n modelos incorporados.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) were here already.</source>
        <translation>
            <numerusform>%n modelo ya estaba aquí.</numerusform>
            <numerusform>%n modelos ya estaban aquí.</numerusform>
        </translation>
    </message>
    <message>
        <source>licence not named</source>
        <translation>licencia no indicada</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>Trusted keys</source>
        <translation>Claves de confianza</translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation>Contenido</translation>
    </message>
</context>
<context>
    <name>Padlock</name>
    <message>
        <source>Offline</source>
        <translation>Sin conexión</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>Nada sale de este equipo</translation>
    </message>
    <message>
        <source>Reached only to find and fetch models</source>
        <translation>Solo para buscar y descargar modelos</translation>
    </message>
    <message>
        <source>Questions, replies and files stay on this computer. Show every visit to the outside.</source>
        <translation>Las preguntas, las respuestas y los archivos se quedan en este equipo. Mostrar todas las conexiones con el exterior.</translation>
    </message>
</context>
<context>
    <name>PasteDialog</name>
    <message>
        <source>Paste messages</source>
        <extracomment>These shall be shown; with the text.</extracomment>
        <translation>Pegar mensajes</translation>
    </message>
    <message>
        <source>Messages as programs send them to the API: an array, or a whole request with its tools.</source>
        <translation>Mensajes tal como los programas los envían a la API: una lista, o una petición entera con sus herramientas.</translation>
    </message>
    <message>
        <source>Messages as JSON</source>
        <translation>Mensajes en JSON</translation>
    </message>
    <message>
        <source>Show the prompt</source>
        <translation>Mostrar el prompt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>PerplexityCard</name>
    <message>
        <source>Likely is not the same as true: a model also finds wrong sentences likely.</source>
        <extracomment>The text is wanted: answer with `score`. Scores came, went, or are to be shown or hidden; ask `shown_scores`.</extracomment>
        <translation>Probable no es lo mismo que cierto: un modelo también considera probables frases falsas.</translation>
    </message>
    <message>
        <source>Colour by surprise</source>
        <translation>Colorear según la sorpresa</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Perplexity under the loaded model</source>
        <translation>Perplejidad con el modelo cargado</translation>
    </message>
    <message>
        <source>Load a model that writes text first.</source>
        <translation>Primero hay que cargar un modelo que escriba texto.</translation>
    </message>
    <message>
        <source>The model is reading: {share}</source>
        <translation>El modelo está leyendo: {share}</translation>
    </message>
    <message>
        <source>No model that writes text is loaded.</source>
        <translation>No hay ningún modelo cargado que escriba texto.</translation>
    </message>
    <message>
        <source>The text is too short to be judged.</source>
        <translation>El texto es demasiado corto para valorarlo.</translation>
    </message>
    <message>
        <source>Perplexity {value} over {n} tokens: as unsure as a draw among so many equally likely ones.</source>
        <translation>Perplejidad {value} en {n} tokens: tan inseguro como un sorteo entre ese número de tokens igual de probables.</translation>
    </message>
    <message>
        <source>Read in {n} parts, since the text is longer than the context.</source>
        <translation>Leído en {n} partes, porque el texto es más largo que el contexto.</translation>
    </message>
</context>
<context>
    <name>PromptSource</name>
    <message>
        <source>Messages</source>
        <extracomment>Other messages were chosen; with the Source. A file with messages was chosen; with its Path.</extracomment>
        <translation>Mensajes</translation>
    </message>
    <message>
        <source>Pasted messages</source>
        <translation>Mensajes pegados</translation>
    </message>
    <message>
        <source>{title}, up to a message</source>
        <translation>{title}, hasta un mensaje</translation>
    </message>
    <message>
        <source>Messages: {name}</source>
        <translation>Mensajes: {name}</translation>
    </message>
    <message>
        <source>Paste messages (JSON)…</source>
        <translation>Pegar mensajes (JSON)…</translation>
    </message>
    <message>
        <source>Open a file of messages (JSON)…</source>
        <translation>Abrir un archivo de mensajes (JSON)…</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>Open messages</source>
        <translation>Abrir mensajes</translation>
    </message>
    <message>
        <source>Messages (*.json)</source>
        <translation>Mensajes (*.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
</context>
<context>
    <name>PromptTab</name>
    <message>
        <source>No conversation has begun yet. Messages can be pasted, too.</source>
        <extracomment>Below this width, in pixels, the list stands above the tokens.</extracomment>
        <translation>Todavía no ha empezado ninguna conversación. También se pueden pegar mensajes.</translation>
    </message>
    <message>
        <source>Reading the template …</source>
        <translation>Leyendo la plantilla …</translation>
    </message>
    <message>
        <source>Paste messages</source>
        <translation>Pegar mensajes</translation>
    </message>
    <message>
        <source>Both templates make the same text of it.</source>
        <translation>Ambas plantillas hacen de ello el mismo texto.</translation>
    </message>
    <message>
        <source>− {first}: {n_first} tokens    + {second}: {n_second} tokens</source>
        <translation>− {first}: {n_first} tokens    + {second}: {n_second} tokens</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Difference to</source>
        <translation>Diferencia con</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>Qué se muestra</translation>
    </message>
    <message>
        <source>Read the conversation again</source>
        <translation>Leer de nuevo la conversación</translation>
    </message>
    <message>
        <source>Shares of the prompt</source>
        <translation>Partes del prompt</translation>
    </message>
    <message>
        <source>The prompt in tokens</source>
        <translation>El prompt en tokens</translation>
    </message>
</context>
<context>
    <name>Recommended</name>
    <message>
        <source>What the model is for</source>
        <extracomment>A model that is on this computer shall be loaded; with its ModelEntry. A model shall be fetched; with its CatalogFile.</extracomment>
        <translation>Para qué es el modelo</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Medir</translation>
    </message>
    <message>
        <source>Measure this computer&apos;s speed</source>
        <translation>Medir la velocidad de este equipo</translation>
    </message>
    <message>
        <source>Looking for models that suit this computer…</source>
        <translation>Buscando modelos adecuados para este equipo…</translation>
    </message>
    <message>
        <source>No model of the catalogue fits into what is free now and is fast enough.</source>
        <translation>Ningún modelo del catálogo cabe en lo que está libre ahora y es bastante rápido.</translation>
    </message>
    <message>
        <source>Show more ({n})</source>
        <translation>Mostrar más ({n})</translation>
    </message>
    <message>
        <source>Memory is an estimate.</source>
        <translation>La memoria es una estimación.</translation>
    </message>
    <message>
        <source>Speeds are too low: other programs were busy when this computer was measured.</source>
        <translation>Las velocidades son demasiado bajas: otros programas estaban ocupados cuando se midió este equipo.</translation>
    </message>
    <message>
        <source>Points are whatmodel.sh&apos;s summary of published test results; the best models there are reach 75.</source>
        <translation>Los puntos son el resumen de whatmodel.sh de los resultados de pruebas publicados; los mejores modelos que hay llegan a 75.</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) are left out: too little is known of them.</source>
        <translation>
            <numerusform>%n modelo queda fuera: se sabe demasiado poco de él.</numerusform>
            <numerusform>%n modelos quedan fuera: se sabe demasiado poco de ellos.</numerusform>
        </translation>
    </message>
    <message>
        <source>For</source>
        <translation>Para</translation>
    </message>
    <message>
        <source>How fast each model will be is known once this computer&apos;s speed was measured.</source>
        <translation>La velocidad de cada modelo se sabrá cuando se haya medido la de este equipo.</translation>
    </message>
</context>
<context>
    <name>ReplyPanel</name>
    <message>
        <source>Such as: Answer briefly and in plain words.</source>
        <extracomment>Something was changed; with the new ReplySettings. The drawer shall close.</extracomment>
        <translation>Por ejemplo: Responder con brevedad y palabras sencillas.</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>Sin límite</translation>
    </message>
    <message>
        <source>Same reply each time</source>
        <translation>Siempre la misma respuesta</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Instrucciones</translation>
    </message>
    <message>
        <source>Said to the model before every question of this conversation (system prompt).</source>
        <translation>Se dicen al modelo antes de cada pregunta de esta conversación (mensaje de sistema).</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word; higher values are freer and less reliable.</source>
        <translation>Con 0 se toma siempre la palabra más probable; los valores más altos son más libres y menos fiables.</translation>
    </message>
    <message>
        <source>Temperature, as a slider</source>
        <translation>Temperatura, con deslizador</translation>
    </message>
    <message>
        <source>Longest reply</source>
        <translation>Longitud máxima de la respuesta</translation>
    </message>
    <message>
        <source>In tokens; a token is about three quarters of a word.</source>
        <translation>En tokens; un token equivale a unas tres cuartas partes de una palabra.</translation>
    </message>
    <message>
        <source>The same question, model and settings then give the same reply (fixed seed).</source>
        <translation>La misma pregunta, con el mismo modelo y los mismos ajustes, da entonces la misma respuesta (semilla fija).</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Semilla</translation>
    </message>
    <message>
        <source>Any whole number: another one gives another reply.</source>
        <translation>Un número entero cualquiera: con otro se obtiene otra respuesta.</translation>
    </message>
    <message>
        <source>Reply settings</source>
        <translation>Ajustes de las respuestas</translation>
    </message>
    <message>
        <source>This conversation</source>
        <translation>Esta conversación</translation>
    </message>
</context>
<context>
    <name>RepoPage</name>
    <message>
        <source>A model at the hub</source>
        <extracomment>The way back to where the repository was found. A model that is here shall be loaded; with its ModelEntry.</extracomment>
        <translation>Un modelo del hub</translation>
    </message>
    <message>
        <source>Find models</source>
        <translation>Buscar modelos</translation>
    </message>
    <message>
        <source>Back to the search</source>
        <translation>Volver a la búsqueda</translation>
    </message>
    <message>
        <source>Read the model card</source>
        <translation>Leer la ficha del modelo</translation>
    </message>
    <message>
        <source>Asking {host} …</source>
        <translation>Preguntando a {host}…</translation>
    </message>
    <message>
        <source>There is no model in the GGUF format in this repository.</source>
        <translation>En este repositorio no hay ningún modelo en formato GGUF.</translation>
    </message>
    <message>
        <source>Also fetch the part that reads pictures (projector, {size})</source>
        <translation>Descargar también la parte que lee imágenes (proyector, {size})</translation>
    </message>
    <message>
        <source>Reading the beginnings of the files, to see whether they fit: {n} of {all}.</source>
        <translation>Leyendo el principio de los archivos para ver si caben: {n} de {all}.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Parar</translation>
    </message>
    <message>
        <source>Whether the other files fit was not looked at.</source>
        <translation>No se ha mirado si caben los demás archivos.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Files, smallest first</source>
        <translation>Archivos, de menor a mayor</translation>
    </message>
</context>
<context>
    <name>RunRow</name>
    <message>
        <source>Compare {name}</source>
        <translation>Comparar {name}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation>Mostrar {name}</translation>
    </message>
    <message>
        <source>Delete {name}</source>
        <translation>Eliminar {name}</translation>
    </message>
</context>
<context>
    <name>SecretField</name>
    <message>
        <source>Save</source>
        <extracomment>A secret was kept or removed.</extracomment>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Save: {name}</source>
        <translation>Guardar: {name}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Remove: {name}</source>
        <translation>Quitar: {name}</translation>
    </message>
    <message>
        <source>Asking the system&apos;s keychain …</source>
        <translation>Preguntando al llavero del sistema…</translation>
    </message>
    <message>
        <source>Set. It is kept in the system&apos;s keychain and not shown.</source>
        <translation>Consta en el llavero del sistema; no se muestra.</translation>
    </message>
    <message>
        <source>Not set.</source>
        <translation>Sin definir.</translation>
    </message>
    <message>
        <source>A new one</source>
        <translation>Otro valor</translation>
    </message>
</context>
<context>
    <name>SelectionCard</name>
    <message>
        <source>First byte</source>
        <extracomment>Ids that are written out. A range of bytes was typed; with its first byte, and the one after its last.</extracomment>
        <translation>Primer byte</translation>
    </message>
    <message>
        <source>Last byte</source>
        <translation>Último byte</translation>
    </message>
    <message>
        <source>Copy token ids</source>
        <translation>Copiar números de token</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Nothing is selected. Select in the text or in the pieces, or type a range of bytes.</source>
        <translation>No hay nada seleccionado. Se puede seleccionar en el texto o en las piezas, o escribir un intervalo de bytes.</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <extracomment>Another language was chosen: the window has to be built anew. Other colours were chosen.</extracomment>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Red</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Ventana</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Contraste alto</translation>
    </message>
    <message>
        <source>Replies</source>
        <translation>Respuestas</translation>
    </message>
    <message>
        <source>When a conversation outgrows the model&apos;s memory</source>
        <translation>Cuando la conversación no cabe en la memoria del modelo</translation>
    </message>
    <message>
        <source>A note below the reply says what was left out.</source>
        <translation>Una nota bajo la respuesta dice qué se ha omitido.</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>Omitir los mensajes más antiguos</translation>
    </message>
    <message>
        <source>Stop the reply at its end</source>
        <translation>Detener la respuesta al llenarse</translation>
    </message>
    <message>
        <source>Do not reply</source>
        <translation>No responder</translation>
    </message>
    <message>
        <source>Instructions for new conversations</source>
        <translation>Instrucciones para conversaciones nuevas</translation>
    </message>
    <message>
        <source>Said to the model before every question (system prompt).</source>
        <translation>Se dicen al modelo antes de cada pregunta (mensaje de sistema).</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word; higher values are freer and less reliable.</source>
        <translation>Con 0 se toma siempre la palabra más probable; los valores más altos son más libres y menos fiables.</translation>
    </message>
    <message>
        <source>Longest reply, in tokens</source>
        <translation>Longitud máxima de la respuesta, en tokens</translation>
    </message>
    <message>
        <source>A token is about three quarters of a word.</source>
        <translation>Un token equivale a unas tres cuartas partes de una palabra.</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>Sin límite</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Semilla</translation>
    </message>
    <message>
        <source>With a fixed seed the same question gives the same reply.</source>
        <translation>Con una semilla fija, la misma pregunta da la misma respuesta.</translation>
    </message>
    <message>
        <source>A new one each time</source>
        <translation>Una nueva cada vez</translation>
    </message>
    <message>
        <source>Record how likely each token of a reply was</source>
        <translation>Registrar la probabilidad de cada token de las respuestas</translation>
    </message>
    <message>
        <source>Without it, that can be computed afterwards while the model is loaded.</source>
        <translation>Sin ello se puede calcular después, mientras el modelo esté cargado.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Model at the start</source>
        <translation>Modelo al inicio</translation>
    </message>
    <message>
        <source>Load the model when the window opens</source>
        <translation>Cargar el modelo al abrir la ventana</translation>
    </message>
    <message>
        <source>Memory for the conversation, in tokens (context)</source>
        <translation>Memoria para la conversación, en tokens (contexto)</translation>
    </message>
    <message>
        <source>More holds longer conversations and takes more of the computer&apos;s memory.</source>
        <translation>Con más caben conversaciones más largas y se ocupa más memoria del equipo.</translation>
    </message>
    <message>
        <source>Chosen by the app</source>
        <translation>Según la aplicación</translation>
    </message>
    <message>
        <source>Precision of that memory (KV cache)</source>
        <translation>Precisión de esa memoria (caché KV)</translation>
    </message>
    <message>
        <source>The smaller one takes half the room and is a little less exact.</source>
        <translation>La reducida ocupa la mitad y es algo menos exacta.</translation>
    </message>
    <message>
        <source>Full (f16)</source>
        <translation>Completa (f16)</translation>
    </message>
    <message>
        <source>Smaller (q8_0)</source>
        <translation>Reducida (q8_0)</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>Hilos del procesador</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>Capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Has an effect only where a graphics card can be used.</source>
        <translation>Solo tiene efecto si se puede usar una tarjeta gráfica.</translation>
    </message>
    <message>
        <source>All that fit</source>
        <translation>Todas las que quepan</translation>
    </message>
    <message>
        <source>Replies written at once</source>
        <translation>Respuestas escritas a la vez</translation>
    </message>
    <message>
        <source>Slowest model to be recommended, in tokens per second</source>
        <translation>Modelo más lento que se recomienda, en tokens por segundo</translation>
    </message>
    <message>
        <source>Reading along takes about 5.</source>
        <translation>Para ir leyendo bastan unos 5.</translation>
    </message>
    <message>
        <source>The built-in one</source>
        <translation>El incluido</translation>
    </message>
    <message>
        <source>Folder of the models</source>
        <translation>Carpeta de los modelos</translation>
    </message>
    <message>
        <source>Choose a folder for models</source>
        <translation>Elegir una carpeta para los modelos</translation>
    </message>
    <message>
        <source>Changes to the model&apos;s settings take effect when it is loaded the next time.</source>
        <translation>Los cambios en los ajustes del modelo surten efecto la próxima vez que se cargue.</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>Volver a cargar</translation>
    </message>
    <message>
        <source>Load the model in use again with these settings</source>
        <translation>Volver a cargar el modelo en uso con estos ajustes</translation>
    </message>
</context>
<context>
    <name>ShareBar</name>
    <message>
        <source>Shares of the prompt</source>
        <extracomment>Narrower parts have no name in them. A part was clicked; with its place in `seen.shares`.</extracomment>
        <translation>Partes del prompt</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
</context>
<context>
    <name>SideBar</name>
    <message>
        <source>Pages</source>
        <extracomment>A page was chosen; with its place. The bar was made narrow or wide by the user; with whether it is narrow now.</extracomment>
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>Monitor</translation>
    </message>
    <message>
        <source>API</source>
        <translation>API</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Show only icons</source>
        <translation>Mostrar solo los iconos</translation>
    </message>
    <message>
        <source>Show labels</source>
        <translation>Mostrar las etiquetas</translation>
    </message>
</context>
<context>
    <name>Signing</name>
    <message>
        <source>Key to sign with</source>
        <extracomment>Another key is chosen, or the first one is there.</extracomment>
        <translation>Clave para firmar</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Clave nueva</translation>
    </message>
    <message>
        <source>Open a key…</source>
        <translation>Abrir una clave…</translation>
    </message>
    <message>
        <source>Name of the new key</source>
        <translation>Nombre de la clave nueva</translation>
    </message>
    <message>
        <source>A name, as the office&apos;s or a person&apos;s</source>
        <translation>Un nombre, como el de la oficina o el de una persona</translation>
    </message>
    <message>
        <source>Make the key</source>
        <translation>Crear la clave</translation>
    </message>
    <message>
        <source>Choose a secret key</source>
        <translation>Elegir una clave secreta</translation>
    </message>
    <message>
        <source>A key is made once and stays on this computer. Whoever has it can sign in this name.</source>
        <translation>Una clave se crea una sola vez y se queda en este equipo. Quien la tenga puede firmar con este nombre.</translation>
    </message>
</context>
<context>
    <name>SpeedPanel</name>
    <message>
        <source>Measure again</source>
        <translation>Medir de nuevo</translation>
    </message>
    <message>
        <source>Takes about 20 seconds</source>
        <translation>Tarda unos 20 segundos</translation>
    </message>
    <message>
        <source>Measuring this computer&apos;s speed</source>
        <translation>Medición de la velocidad de este equipo</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel the measuring</source>
        <translation>Cancelar la medición</translation>
    </message>
    <message>
        <source>Measuring this computer&apos;s speed; other work makes the figures too low.</source>
        <translation>Midiendo la velocidad de este equipo; si hace otro trabajo, las cifras salen demasiado bajas.</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Deteniendo…</translation>
    </message>
    <message>
        <source>Not measured yet</source>
        <translation>Aún sin medir</translation>
    </message>
    <message>
        <source>Measuring takes about 20 seconds. Then it is known how fast each model will be here.</source>
        <translation>Medir tarda unos 20 segundos. Después se sabe a qué velocidad irá cada modelo aquí.</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Medir</translation>
    </message>
    <message>
        <source>Measure this computer&apos;s speed</source>
        <translation>Medir la velocidad de este equipo</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Velocidad</translation>
    </message>
</context>
<context>
    <name>StatePanel</name>
    <message>
        <source>Try again</source>
        <translation>Intentar de nuevo</translation>
    </message>
    <message>
        <source>This run was started offline, so nothing is fetched. It ends when the program is closed.</source>
        <translation>El programa se inició sin conexión, así que no se descarga nada. Termina al cerrarlo.</translation>
    </message>
    <message>
        <source>Offline mode is on, so nothing is fetched.</source>
        <translation>El modo sin conexión está activado, así que no se descarga nada.</translation>
    </message>
    <message>
        <source>Go online</source>
        <translation>Conectarse</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>How full the context is</source>
        <translation>Ocupación del contexto</translation>
    </message>
    <message>
        <source>Reading the question: {percent}</source>
        <translation>Leyendo la pregunta: {percent}</translation>
    </message>
    <message>
        <source>{used} of {all} tokens ({percent})</source>
        <translation>{used} de {all} tokens ({percent})</translation>
    </message>
    <message>
        <source>The model can keep {all} tokens in mind at once (its context): instructions, questions and replies together. A token is about three quarters of a word. This conversation takes {used}.</source>
        <translation>El modelo puede tener presentes {all} tokens a la vez (su contexto): instrucciones, preguntas y respuestas juntas. Un token equivale a unas tres cuartas partes de una palabra. Esta conversación ocupa {used}.</translation>
    </message>
    <message>
        <source>first word after {time}</source>
        <translation>primera palabra a los {time}</translation>
    </message>
    <message>
        <source>{speed}{space}tokens/s</source>
        <translation>{speed}{space}tokens/s</translation>
    </message>
    <message>
        <source>How fast the model writes, and how long it took to its first word (time to first token).</source>
        <translation>Velocidad a la que escribe el modelo y tiempo hasta la primera palabra (tiempo hasta el primer token).</translation>
    </message>
</context>
<context>
    <name>TextHead</name>
    <message>
        <source>Special tokens</source>
        <extracomment>Another tokenizer, or special tokens on or off. A file is to be opened. The text is to be put away. The list of tokenizers could not be read; with an AppError.</extracomment>
        <translation>Tokens especiales</translation>
    </message>
    <message>
        <source>What the tokenizer puts around a text, and control tokens that are written in it.</source>
        <translation>Lo que el tokenizador añade alrededor de un texto y los tokens de control escritos en él.</translation>
    </message>
    <message>
        <source>Open a text file…</source>
        <translation>Abrir un archivo de texto…</translation>
    </message>
    <message>
        <source>Clear the text</source>
        <translation>Borrar el texto</translation>
    </message>
    <message>
        <source>How much of the text is counted</source>
        <translation>Cuánto texto se ha contado</translation>
    </message>
    <message>
        <source>This tokenizer cannot be used.</source>
        <translation>Este tokenizador no se puede usar.</translation>
    </message>
    <message>
        <source>Opening the tokenizer …</source>
        <translation>Abriendo el tokenizador…</translation>
    </message>
    <message>
        <source>Counting: {share} · {tokens} so far</source>
        <translation>Contando: {share} · {tokens} por ahora</translation>
    </message>
</context>
<context>
    <name>TextPanel</name>
    <message>
        <source>Decode token ids…</source>
        <translation>Descodificar números de token…</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>Recuento</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>Selección</translation>
    </message>
    <message>
        <source>What fits</source>
        <translation>Qué cabe</translation>
    </message>
    <message>
        <source>Shorter</source>
        <translation>Más corto</translation>
    </message>
    <message>
        <source>How likely</source>
        <translation>Qué probabilidad tiene</translation>
    </message>
    <message>
        <source>Back to text</source>
        <translation>De vuelta a texto</translation>
    </message>
    <message>
        <source>About the text</source>
        <translation>Sobre el texto</translation>
    </message>
    <message>
        <source>The tokens give the same text again, byte by byte.</source>
        <translation>Los tokens devuelven el mismo texto, byte a byte.</translation>
    </message>
    <message>
        <source>The tokens do not give the same text again: this tokenizer changes some of it.</source>
        <translation>Los tokens no devuelven el mismo texto: este tokenizador cambia una parte.</translation>
    </message>
</context>
<context>
    <name>TextTab</name>
    <message>
        <source>Text</source>
        <extracomment>From this width on text and pieces stand side by side.</extracomment>
        <translation>Texto</translation>
    </message>
    <message>
        <source>Type or paste a text, or drop a file.</source>
        <translation>Aquí se escribe o pega un texto, o se suelta un archivo.</translation>
    </message>
    <message>
        <source>Pieces</source>
        <translation>Piezas</translation>
    </message>
    <message>
        <source>Reading {name} …</source>
        <translation>Leyendo {name}…</translation>
    </message>
    <message>
        <source>The pieces of the text appear here, each with its number in the vocabulary.</source>
        <translation>Aquí aparecen las piezas del texto, cada una con su número en el vocabulario.</translation>
    </message>
    <message>
        <source>Line ends of this file (CR LF) are read as simple ones (LF).</source>
        <translation>Los finales de línea de este archivo (CR LF) se leen como simples (LF).</translation>
    </message>
    <message>
        <source>Open a text</source>
        <translation>Abrir un texto</translation>
    </message>
</context>
<context>
    <name>ThisComputer</name>
    <message>
        <source>This computer</source>
        <translation>Este equipo</translation>
    </message>
    <message>
        <source>Looking at this computer…</source>
        <translation>Examinando este equipo…</translation>
    </message>
    <message>
        <source>Not looked at yet.</source>
        <translation>Aún sin examinar.</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Procesador</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Graphics</source>
        <translation>Gráficos</translation>
    </message>
    <message>
        <source>None that the engine can compute on</source>
        <translation>Ninguno con el que el motor pueda calcular</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Corriente</translation>
    </message>
</context>
<context>
    <name>Tile</name>
    <message>
        <source>The first minute is not over yet.</source>
        <extracomment>A tile is not narrower than this, where there are several in a row. How many equal parts an axis with an end of its own has.</extracomment>
        <translation>Aún no ha pasado el primer minuto.</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
</context>
<context>
    <name>TokenPage</name>
    <message>
        <source>Tokens</source>
        <extracomment>The page is as wide as the window: pieces and tables need it.</extracomment>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Texto</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Comparar</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
</context>
<context>
    <name>TokenTable</name>
    <message>
        <source>Likeliest tokens at this place</source>
        <extracomment>Another row was chosen; with its alternative, or None.</extracomment>
        <translation>Tokens más probables en este lugar</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Antes</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Después</translation>
    </message>
    <message>
        <source>What could stand here; a tick marks what does.</source>
        <translation>Lo que podría estar aquí; una marca señala lo que está.</translation>
    </message>
    <message>
        <source>Its probability as the model computed it.</source>
        <translation>Su probabilidad tal como la calculó el modelo.</translation>
    </message>
    <message>
        <source>Its probability in the draw, after temperature and the other samplers.</source>
        <translation>Su probabilidad en el sorteo, tras la temperatura y los demás filtros.</translation>
    </message>
</context>
<context>
    <name>TokenizerBox</name>
    <message>
        <source>Tokenizers</source>
        <extracomment>Characters of a title on the button. Another choice; ask `names`. What there is was read; titles are known now. What there is could not be read; with an AppError.</extracomment>
        <translation>Tokenizadores</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelos de este equipo</translation>
    </message>
    <message>
        <source>Well-known families</source>
        <translation>Familias conocidas</translation>
    </message>
    <message>
        <source>OpenAI</source>
        <translation>OpenAI</translation>
    </message>
    <message>
        <source>{title}: {algorithm}, {n} tokens</source>
        <translation>{title}: {algorithm}, {n} tokens</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Archivos</translation>
    </message>
    <message>
        <source>Open a GGUF file…</source>
        <translation>Abrir un archivo GGUF…</translation>
    </message>
    <message>
        <source>Open a tokenizer</source>
        <translation>Abrir un tokenizador</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelos (*.gguf)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ninguno</translation>
    </message>
    <message>
        <source>{n} tokenizers</source>
        <translation>{n} tokenizadores</translation>
    </message>
    <message>
        <source>Tokenizer: {name}</source>
        <translation>Tokenizador: {name}</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Conversation</source>
        <extracomment>Pixels above and below the view that are built too, and seconds that building may take in a frame. The source of this message is to be copied. This message of the user is to be edited. This reply is to be made again. The conversation up to this message is to be shown as the model sees it. The sibling before (-1) or after (1) this message is to be shown. A link was clicked: http, https or mailto. Nothing is opened before the user agreed. A code block was put on the clipboard.</extracomment>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation>Copiar la selección</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>Copiar como texto sin formato</translation>
    </message>
    <message>
        <source>Select all of this message</source>
        <translation>Seleccionar todo este mensaje</translation>
    </message>
    <message>
        <source>Show as the model sees it</source>
        <translation>Mostrar como lo ve el modelo</translation>
    </message>
</context>
<context>
    <name>Trust</name>
    <message>
        <source>Trust another key</source>
        <extracomment>There is another key, or one less.</extracomment>
        <translation>Confiar en otra clave</translation>
    </message>
    <message>
        <source>Whose key it is</source>
        <translation>De quién es la clave</translation>
    </message>
    <message>
        <source>Whose key it is, as the office&apos;s</source>
        <translation>De quién es la clave, por ejemplo de la oficina</translation>
    </message>
    <message>
        <source>Public key</source>
        <translation>Clave pública</translation>
    </message>
    <message>
        <source>The public key, pasted: the line that begins with MCow</source>
        <translation>La clave pública, pegada: la línea que empieza por MCow</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>Desde un archivo…</translation>
    </message>
    <message>
        <source>Trust this key</source>
        <translation>Confiar en esta clave</translation>
    </message>
    <message>
        <source>Choose a public key</source>
        <translation>Elegir una clave pública</translation>
    </message>
    <message>
        <source>The public key of whoever made the bundle, handed over by another way than the bundle itself.</source>
        <translation>La clave pública de quien creó el paquete, entregada por otra vía que el propio paquete.</translation>
    </message>
</context>
<context>
    <name>TrustRow</name>
    <message>
        <source>Trust {name} no more</source>
        <translation>Dejar de confiar en {name}</translation>
    </message>
    <message>
        <source>To compare it by telephone: {digits}</source>
        <translation>Para compararla por teléfono: {digits}</translation>
    </message>
</context>
<context>
    <name>WeightsCard</name>
    <message>
        <source>Download</source>
        <extracomment>It shall be fetched. It is here and shall be loaded.</extracomment>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>Descargar {name}</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation>Cargar {name}</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Cabe</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>No cabe</translation>
    </message>
    <message>
        <source>Looking whether it fits …</source>
        <translation>Mirando si cabe…</translation>
    </message>
    <message>
        <source>On its way</source>
        <comment>a file that is being downloaded</comment>
        <translation>En camino</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>En uso</translation>
    </message>
    <message>
        <source>A part of it is missing in the repository, so it cannot be fetched.</source>
        <translation>Falta una parte en el repositorio, así que no se puede descargar.</translation>
    </message>
</context>
<context>
    <name>WindowBody</name>
    <message>
        <source>New conversation</source>
        <extracomment>Another language was chosen: the window has to be built anew. A link was clicked; nothing is opened yet. The alerts are watched; with their AlertDesk.</extracomment>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>The conversation “{title}” was deleted.</source>
        <translation>Se ha eliminado la conversación «{title}».</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>{name} has come, was proven and is ready.</source>
        <translation>{name} se ha descargado y comprobado, y está listo.</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
</context>
<context>
    <name>WindowContent</name>
    <message>
        <source>Open a model file</source>
        <translation>Abrir un archivo de modelo</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelos (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos los archivos (*)</translation>
    </message>
    <message>
        <source>This link was not opened: it is no web or mail address.</source>
        <translation>Este enlace no se ha abierto: no es una dirección web ni de correo.</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Archivo</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Edición</translation>
    </message>
    <message>
        <source>&amp;Conversation</source>
        <translation>&amp;Conversación</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ver</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;yuda</translation>
    </message>
    <message>
        <source>&amp;New conversation</source>
        <translation>Conversación &amp;nueva</translation>
    </message>
    <message>
        <source>&amp;Open a model file…</source>
        <translation>&amp;Abrir un archivo de modelo…</translation>
    </message>
    <message>
        <source>Choose a &amp;model…</source>
        <translation>Elegir un &amp;modelo…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Salir</translation>
    </message>
    <message>
        <source>&amp;Copy the last reply</source>
        <translation>&amp;Copiar la última respuesta</translation>
    </message>
    <message>
        <source>&amp;Edit the last question</source>
        <translation>&amp;Editar la última pregunta</translation>
    </message>
    <message>
        <source>&amp;Search conversations</source>
        <translation>&amp;Buscar conversaciones</translation>
    </message>
    <message>
        <source>&amp;Stop the reply</source>
        <translation>&amp;Detener la respuesta</translation>
    </message>
    <message>
        <source>Write the reply &amp;again</source>
        <translation>Volver a &amp;escribir la respuesta</translation>
    </message>
    <message>
        <source>&amp;Previous version</source>
        <translation>Versión &amp;anterior</translation>
    </message>
    <message>
        <source>&amp;Next version</source>
        <translation>Versión &amp;siguiente</translation>
    </message>
    <message>
        <source>&amp;Reply settings</source>
        <translation>Ajustes de las &amp;respuestas</translation>
    </message>
    <message>
        <source>How s&amp;ure the model was</source>
        <translation>Certeza del m&amp;odelo</translation>
    </message>
    <message>
        <source>Re&amp;name…</source>
        <translation>Cambiar el &amp;nombre…</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>E&amp;liminar</translation>
    </message>
    <message>
        <source>Conversation &amp;above</source>
        <translation>Conversación de a&amp;rriba</translation>
    </message>
    <message>
        <source>Conversation &amp;below</source>
        <translation>Conversación de a&amp;bajo</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>&amp;Chat</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>&amp;Modelos</translation>
    </message>
    <message>
        <source>&amp;Tokens</source>
        <translation>&amp;Tokens</translation>
    </message>
    <message>
        <source>M&amp;onitor</source>
        <translation>M&amp;onitor</translation>
    </message>
    <message>
        <source>&amp;API</source>
        <translation>&amp;API</translation>
    </message>
    <message>
        <source>&amp;Find models</source>
        <translation>&amp;Buscar modelos</translation>
    </message>
    <message>
        <source>&amp;What reaches the outside</source>
        <translation>Cone&amp;xiones con el exterior</translation>
    </message>
    <message>
        <source>&amp;Settings</source>
        <translation>&amp;Ajustes</translation>
    </message>
    <message>
        <source>Show or hide the c&amp;onversations</source>
        <translation>Mostrar u ocultar las c&amp;onversaciones</translation>
    </message>
    <message>
        <source>Show or hide the &amp;labels</source>
        <translation>Mostrar u ocultar las &amp;etiquetas</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Pantalla completa</translation>
    </message>
    <message>
        <source>To the &amp;question field</source>
        <translation>Ir al campo de la p&amp;regunta</translation>
    </message>
    <message>
        <source>&amp;Next part of the window</source>
        <translation>Parte &amp;siguiente de la ventana</translation>
    </message>
    <message>
        <source>&amp;Previous part of the window</source>
        <translation>Parte a&amp;nterior de la ventana</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>A&amp;tajos de teclado</translation>
    </message>
    <message>
        <source>The &amp;local API</source>
        <translation>La API &amp;local</translation>
    </message>
    <message>
        <source>&amp;About Desktop LLM</source>
        <translation>A&amp;cerca de Desktop LLM</translation>
    </message>
</context>
<context>
    <name>WordsDialog</name>
    <message>
        <source>Name and notes</source>
        <extracomment>Keep these: the name, &quot;&quot; for the file&apos;s own, and the notes.</extracomment>
        <translation>Nombre y notas</translation>
    </message>
    <message>
        <source>Keep</source>
        <comment>keep a name</comment>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notas</translation>
    </message>
    <message>
        <source>Only shown here: the file keeps its own name.</source>
        <translation>Solo se muestra aquí: el archivo conserva su nombre.</translation>
    </message>
</context>
<context>
    <name>alert_text</name>
    <message>
        <source>Memory is nearly full</source>
        <translation>La memoria está casi llena</translation>
    </message>
    <message>
        <source>{value} of the RAM is in use; the limit is {limit}. Close other programs.</source>
        <translation>Se usa el {value} de la RAM; el límite es el {limit}. Conviene cerrar otros programas.</translation>
    </message>
    <message>
        <source>The graphics card is busy for long</source>
        <translation>La tarjeta gráfica lleva mucho tiempo ocupada</translation>
    </message>
    <message>
        <source>It is at {value}; the limit is {limit}.</source>
        <translation>Está al {value}; el límite es el {limit}.</translation>
    </message>
    <message>
        <source>The graphics card is hot</source>
        <translation>La tarjeta gráfica está caliente</translation>
    </message>
    <message>
        <source>It is at {value}; the limit is {limit}. Let air to the computer.</source>
        <translation>Está a {value}; el límite son {limit}. Conviene que le llegue aire al equipo.</translation>
    </message>
    <message>
        <source>The processor is hot</source>
        <translation>El procesador está caliente</translation>
    </message>
    <message>
        <source>Replies are slow</source>
        <translation>Las respuestas son lentas</translation>
    </message>
    <message>
        <source>{value} tokens/s are written; the floor is {limit}. The monitor may say why.</source>
        <translation>Se escriben {value} tokens/s; el mínimo es {limit}. El monitor puede decir por qué.</translation>
    </message>
    <message>
        <source>The disk of the models is nearly full</source>
        <translation>El disco de los modelos está casi lleno</translation>
    </message>
    <message>
        <source>{value} are free; the limit is {limit}. Remove models that are not needed.</source>
        <translation>Quedan {value} libres; el límite son {limit}. Conviene quitar los modelos que no hagan falta.</translation>
    </message>
    <message>
        <source>A download failed</source>
        <translation>Ha fallado una descarga</translation>
    </message>
    <message>
        <source>The models page says why, and tries again when asked.</source>
        <translation>La página de modelos dice por qué y permite intentarlo de nuevo.</translation>
    </message>
</context>
<context>
    <name>api_checks</name>
    <message>
        <source>{name} is no name of a computer. It was not kept.</source>
        <translation>{name} no es el nombre de un equipo. No se guardó.</translation>
    </message>
    <message>
        <source>Only its addresses, and localhost.</source>
        <translation>Solo sus direcciones y localhost.</translation>
    </message>
    <message>
        <source>{name} is no origin of a web page, as https://app.example is. It was not kept.</source>
        <translation>{name} no es el origen de una página web, como lo es https://app.example. No se guardó.</translation>
    </message>
    <message>
        <source>No web page may use it.</source>
        <translation>Ninguna página web puede usarla.</translation>
    </message>
    <message>
        <source>These pages may use it from a browser, if they hold a key.</source>
        <translation>Estas páginas pueden usarla desde un navegador si tienen una clave.</translation>
    </message>
    <message>
        <source>There is no model {name} here now.</source>
        <translation>Ahora no hay aquí un modelo {name}.</translation>
    </message>
    <message>
        <source>All models on this computer.</source>
        <translation>Todos los modelos de este equipo.</translation>
    </message>
    <message>
        <source>Write each as name=model. It was not kept.</source>
        <translation>Cada uno se escribe como nombre=modelo. No se ha guardado.</translation>
    </message>
    <message>
        <source>One is made for this computer.</source>
        <translation>Se crea uno para este equipo.</translation>
    </message>
    <message>
        <source>It stands in the certificate&apos;s file.</source>
        <translation>Está en el archivo del certificado.</translation>
    </message>
    <message>
        <source>There is no such file. It was not kept.</source>
        <translation>No existe ese archivo. No se guardó.</translation>
    </message>
    <message>
        <source>Only the models&apos; own names.</source>
        <translation>Solo los nombres propios de los modelos.</translation>
    </message>
    <message>
        <source>It listens on the port.</source>
        <translation>Escucha en el puerto.</translation>
    </message>
    <message>
        <source>Its folder does not exist. It was not kept.</source>
        <translation>Su carpeta no existe. No se guardó.</translation>
    </message>
    <message>
        <source>Only this user&apos;s programs reach it; the port is closed.</source>
        <translation>Solo la alcanzan los programas de este usuario; el puerto está cerrado.</translation>
    </message>
</context>
<context>
    <name>bench_plots</name>
    <message>
        <source>Measured</source>
        <translation>Medido</translation>
    </message>
    <message>
        <source>Nothing that both have measured.</source>
        <translation>Nada que ambas hayan medido.</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Predicho</translation>
    </message>
</context>
<context>
    <name>bench_runs</name>
    <message>
        <source>another model</source>
        <translation>otro modelo</translation>
    </message>
    <message>
        <source>another computer or graphics driver</source>
        <translation>otro ordenador o controlador gráfico</translation>
    </message>
    <message>
        <source>another version of Desktop LLM</source>
        <translation>otra versión de Desktop LLM</translation>
    </message>
    <message>
        <source>another version of llama.cpp</source>
        <translation>otra versión de llama.cpp</translation>
    </message>
    <message>
        <source>another number of threads</source>
        <translation>otro número de hilos</translation>
    </message>
    <message>
        <source>other layers on the graphics card</source>
        <translation>otras capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>another number format of the conversation&apos;s memory (KV cache)</source>
        <translation>otro formato de la memoria de la conversación (caché KV)</translation>
    </message>
    <message>
        <source>another context length</source>
        <translation>otra longitud de contexto</translation>
    </message>
    <message>
        <source>one on battery, one on mains</source>
        <translation>una con batería y otra con corriente</translation>
    </message>
    <message>
        <source>other prompts</source>
        <translation>otras entradas</translation>
    </message>
    <message>
        <source>one of them was disturbed</source>
        <translation>una de las dos se perturbó</translation>
    </message>
    <message>
        <source>They have nothing in common that both have measured.</source>
        <translation>No tienen nada en común que ambas hayan medido.</translation>
    </message>
    <message>
        <source>What differs: {what}.</source>
        <translation>Qué cambia: {what}.</translation>
    </message>
    <message>
        <source>{case}: {ratio} written</source>
        <translation>{case}: {ratio} escritos</translation>
    </message>
    <message>
        <source>{case}: {ratio} written, within the spread</source>
        <translation>{case}: {ratio} escritos, dentro de la dispersión</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} tokens/s</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 hilo</translation>
    </message>
    <message>
        <source>{n} threads</source>
        <translation>{n} hilos</translation>
    </message>
    <message>
        <source>context {n}</source>
        <translation>contexto {n}</translation>
    </message>
    <message>
        <source>KV cache {kind}</source>
        <translation>caché KV {kind}</translation>
    </message>
    <message>
        <source>disturbed</source>
        <translation>perturbada</translation>
    </message>
    <message>
        <source>{n}, tuned while it runs</source>
        <translation>{n}, ajustados sobre la marcha</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>Ordenador</translation>
    </message>
    <message>
        <source>Graphics</source>
        <translation>Gráficos</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versiones</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Contexto</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} tokens</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>Capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Conversation&apos;s memory (KV cache)</source>
        <translation>Memoria de la conversación (caché KV)</translation>
    </message>
    <message>
        <source>Memory taken</source>
        <translation>Memoria ocupada</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Medido</translation>
    </message>
    <message>
        <source>Highest temperature</source>
        <translation>Temperatura máxima</translation>
    </message>
    <message>
        <source>processor {n}</source>
        <translation>procesador {n}</translation>
    </message>
    <message>
        <source>graphics card {n}</source>
        <translation>tarjeta gráfica {n}</translation>
    </message>
    <message>
        <source>{measured}, predicted {predicted}</source>
        <translation>{measured}; {predicted} predichos</translation>
    </message>
    <message>
        <source>{when}, in {time}; seed {seed}</source>
        <translation>{when}, en {time}; semilla {seed}</translation>
    </message>
</context>
<context>
    <name>bench_text</name>
    <message>
        <source>Quick</source>
        <translation>Rápida</translation>
    </message>
    <message>
        <source>Usual</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation>Minuciosa</translation>
    </message>
    <message>
        <source>1 second</source>
        <translation>1 segundo</translation>
    </message>
    <message>
        <source>{n} seconds</source>
        <translation>{n} segundos</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 minuto</translation>
    </message>
    <message>
        <source>{n} minutes</source>
        <translation>{n} minutos</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 hora</translation>
    </message>
    <message>
        <source>{n} hours</source>
        <translation>{n} horas</translation>
    </message>
    <message>
        <source>1 repeat</source>
        <translation>1 repetición</translation>
    </message>
    <message>
        <source>{n} repeats</source>
        <translation>{n} repeticiones</translation>
    </message>
    <message>
        <source>steps of {numbers} tokens</source>
        <translation>pasos de {numbers} tokens</translation>
    </message>
    <message>
        <source>prompts of {numbers} tokens</source>
        <translation>entradas de {numbers} tokens</translation>
    </message>
    <message>
        <source>{numbers} replies at once</source>
        <translation>{numbers} respuestas a la vez</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} tokens</translation>
    </message>
    <message>
        <source>{n} at once, {prompt}</source>
        <translation>{n} a la vez, {prompt}</translation>
    </message>
    <message>
        <source>{words}, steps of {n}</source>
        <translation>{words}, pasos de {n}</translation>
    </message>
    <message>
        <source>{case}: {number} of {count}</source>
        <translation>{case}: {number} de {count}</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>Cargando el modelo…</translation>
    </message>
    <message>
        <source>Warming up; this run does not count …</source>
        <translation>Calentando; esta pasada no cuenta…</translation>
    </message>
    <message>
        <source>Planning its memory …</source>
        <translation>Planificando su memoria…</translation>
    </message>
    <message>
        <source>Beginning …</source>
        <translation>Empezando…</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>quedan unos {time}</translation>
    </message>
    <message>
        <source>Last: {case}, {prompt} tokens/s read, {generation} tokens/s written</source>
        <translation>Última: {case}, {prompt} tokens/s leídos, {generation} tokens/s escritos</translation>
    </message>
    <message>
        <source>Every repeat was disturbed: {why}</source>
        <translation>Todas las repeticiones se perturbaron: {why}</translation>
    </message>
    <message>
        <source>{n} of {count} repeats were disturbed and left out: {why}</source>
        <translation>{n} de {count} repeticiones se perturbaron y no cuentan: {why}</translation>
    </message>
    <message>
        <source>other programs used the processor</source>
        <translation>otros programas usaron el procesador</translation>
    </message>
    <message>
        <source>another model of this program was replying</source>
        <translation>otro modelo de este programa estaba respondiendo</translation>
    </message>
    <message>
        <source>the graphics card was slowed by heat or power</source>
        <translation>el calor o la potencia frenaron la tarjeta gráfica</translation>
    </message>
    <message>
        <source>the system was swapping</source>
        <translation>el sistema usaba la memoria de intercambio</translation>
    </message>
    <message>
        <source>the power source changed</source>
        <translation>cambió la fuente de energía</translation>
    </message>
    <message>
        <source>{case}: left out, longer than the context</source>
        <translation>{case}: sin medir, más larga que el contexto</translation>
    </message>
    <message>
        <source>{case}: left out, not within the time</source>
        <translation>{case}: sin medir, no cabía en el tiempo</translation>
    </message>
    <message>
        <source>These two cannot be compared: {why}. A difference in speed may come from that.</source>
        <translation>Estas dos no se pueden comparar: {why}. Una diferencia de velocidad puede venir de ahí.</translation>
    </message>
    <message>
        <source>Nothing differs but the time: a difference in speed is chance, or the computer&apos;s state.</source>
        <translation>Solo cambia el momento: una diferencia de velocidad es azar, o el estado del ordenador.</translation>
    </message>
    <message>
        <source>{first} and {last}</source>
        <translation>{first} y {last}</translation>
    </message>
</context>
<context>
    <name>bundle_target</name>
    <message>
        <source>As a stick, or a folder that both computers reach. A new folder is made there.</source>
        <translation>Por ejemplo una memoria USB, o una carpeta a la que lleguen los dos equipos. Allí se crea una carpeta nueva.</translation>
    </message>
    <message>
        <source>The folder&apos;s whole path is needed.</source>
        <translation>Hace falta la ruta completa de la carpeta.</translation>
    </message>
    <message>
        <source>This is a file and no folder.</source>
        <translation>Esto es un archivo y no una carpeta.</translation>
    </message>
    <message>
        <source>This folder cannot be read.</source>
        <translation>Esta carpeta no se puede leer.</translation>
    </message>
    <message>
        <source>The bundle becomes {path}</source>
        <translation>El paquete será {path}</translation>
    </message>
    <message>
        <source>The folder that was carried, with manifest.json in it.</source>
        <translation>La carpeta que se trasladó, con manifest.json dentro.</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>No existe esa carpeta.</translation>
    </message>
    <message>
        <source>There is no manifest.json in it: it may be the folder inside.</source>
        <translation>No contiene manifest.json: puede que sea la carpeta de dentro.</translation>
    </message>
    <message>
        <source>Nothing of it is read before its signature is proven.</source>
        <translation>No se lee nada de ella antes de comprobar la firma.</translation>
    </message>
</context>
<context>
    <name>compare_figures</name>
    <message>
        <source>Tokens of this text</source>
        <translation>Tokens de este texto</translation>
    </message>
    <message>
        <source>Tokens by language, English is 1</source>
        <translation>Tokens por idioma, el inglés es 1</translation>
    </message>
    <message>
        <source>Tokens by language</source>
        <translation>Tokens por idioma</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizador</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>Razón</translation>
    </message>
    <message>
        <source>How many times the tokens of the tokenizer that needs the fewest</source>
        <translation>Cuántas veces los tokens del tokenizador que menos necesita</translation>
    </message>
    <message>
        <source>Per word</source>
        <translation>Por palabra</translation>
    </message>
    <message>
        <source>Tokens for a word, on average</source>
        <translation>Tokens por palabra, de media</translation>
    </message>
    <message>
        <source>Bytes each</source>
        <translation>Bytes/token</translation>
    </message>
    <message>
        <source>Bytes of the text for each token</source>
        <translation>Bytes del texto por cada token</translation>
    </message>
    <message>
        <source>In bytes</source>
        <translation>En bytes</translation>
    </message>
    <message>
        <source>Tokens that hold a byte or a part of a character: the vocabulary lacks it</source>
        <translation>Tokens que contienen un byte o parte de un carácter que falta en el vocabulario</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Desconocidos</translation>
    </message>
    <message>
        <source>Tokens that stand for words which the vocabulary cannot say</source>
        <translation>Tokens en lugar de palabras que el vocabulario no puede decir</translation>
    </message>
</context>
<context>
    <name>dialogs</name>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>download_text</name>
    <message>
        <source>{come} of {all}</source>
        <translation>{come} de {all}</translation>
    </message>
    <message>
        <source>All bytes are here; they are being proven and tried</source>
        <translation>Ya está todo aquí; se comprueba y se prueba</translation>
    </message>
    <message>
        <source>{come} · paused</source>
        <translation>{come} · en pausa</translation>
    </message>
    <message>
        <source>{size} · proven and ready</source>
        <translation>{size} · comprobado y listo</translation>
    </message>
    <message>
        <source>{come} · not finished</source>
        <translation>{come} · sin terminar</translation>
    </message>
    <message>
        <source>It is tried again by itself.</source>
        <translation>Se vuelve a intentar sin hacer nada.</translation>
    </message>
    <message>
        <source>The file was put aside and is not used: {place}</source>
        <translation>El archivo se ha apartado y no se usa: {place}</translation>
    </message>
    <message>
        <source>less than a minute left</source>
        <translation>falta menos de un minuto</translation>
    </message>
    <message>
        <source>about {n} minutes left</source>
        <translation>faltan unos {n} minutos</translation>
    </message>
    <message>
        <source>about a minute left</source>
        <translation>falta cerca de un minuto</translation>
    </message>
    <message>
        <source>about {n} hours left</source>
        <translation>faltan unas {n} horas</translation>
    </message>
    <message>
        <source>days left</source>
        <translation>faltan días</translation>
    </message>
    <message>
        <source>Paused · {share}</source>
        <translation>En pausa · {share}</translation>
    </message>
    <message>
        <source>Offline · {share}</source>
        <translation>Sin conexión · {share}</translation>
    </message>
    <message>
        <source>Download · {share}</source>
        <translation>Descarga · {share}</translation>
    </message>
    <message>
        <source>{n} downloads · {share}</source>
        <translation>{n} descargas · {share}</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>conectando</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/s</translation>
    </message>
    <message>
        <source>waiting: offline mode is on</source>
        <translation>en espera: modo sin conexión</translation>
    </message>
    <message>
        <source>waiting to try again</source>
        <translation>en espera de otro intento</translation>
    </message>
    <message>
        <source>waiting for its turn</source>
        <translation>en espera de su turno</translation>
    </message>
</context>
<context>
    <name>engine_tiles</name>
    <message>
        <source>No model is loaded.</source>
        <translation>No hay ningún modelo cargado.</translation>
    </message>
    <message>
        <source>Replies are written at</source>
        <translation>Escritura de respuestas</translation>
    </message>
    <message>
        <source>Prompts are read at</source>
        <translation>Lectura de entradas</translation>
    </message>
    <message>
        <source>Time to the first token</source>
        <translation>Tiempo hasta el primer token</translation>
    </message>
    <message>
        <source>No reply yet.</source>
        <translation>Aún no hay respuestas.</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Peticiones</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>En curso</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En espera</translation>
    </message>
    <message>
        <source>Tokens in one step (batch)</source>
        <translation>Tokens por paso (lote)</translation>
    </message>
    <message>
        <source>Prompts found in the cache</source>
        <translation>Entradas halladas en la caché</translation>
    </message>
    <message>
        <source>No prompt yet.</source>
        <translation>Aún no hay entradas.</translation>
    </message>
    <message>
        <source>{n} kept in the cache (sequences)</source>
        <translation>{n} en la caché (secuencias)</translation>
    </message>
</context>
<context>
    <name>error_text</name>
    <message>
        <source>Something unexpected went wrong in this program. It can still be used; its log says more.</source>
        <extracomment>The translation context of every AppError&apos;s template; `tools/translations.py` collects them.</extracomment>
        <translation>Se ha producido un fallo inesperado en este programa. Se puede seguir usando; su registro da más detalles.</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>A JSON schema must be an object.</source>
        <translation>Un esquema JSON debe ser un objeto.</translation>
    </message>
    <message>
        <source>A benchmark is running already. Wait for its end, or stop it.</source>
        <translation>Ya hay una medición en marcha. Conviene esperar a que acabe o detenerla.</translation>
    </message>
    <message>
        <source>A conversation cannot be embedded; give a text or tokens.</source>
        <translation>De una conversación no se puede obtener un vector; se necesita un texto o tokens.</translation>
    </message>
    <message>
        <source>A fault in this program stopped the benchmark; its log says more.</source>
        <translation>Un fallo de este programa detuvo la medición; su registro dice más.</translation>
    </message>
    <message>
        <source>A fault in this program stopped the download; its log says more.</source>
        <translation>Un fallo de este programa detuvo la descarga; el registro dice más.</translation>
    </message>
    <message>
        <source>A fault in this program stopped the load; its log says more.</source>
        <translation>Un fallo de este programa ha detenido la carga; su registro da más detalles.</translation>
    </message>
    <message>
        <source>A fault in this program stopped the reading of {name}.</source>
        <translation>Un fallo de este programa detuvo la lectura de {name}.</translation>
    </message>
    <message>
        <source>A fault in this program stopped this work; its log says more.</source>
        <translation>Un fallo de este programa detuvo este trabajo; su registro dice más.</translation>
    </message>
    <message>
        <source>A key needs a short name of letters, numbers and spaces.</source>
        <translation>Una clave necesita un nombre corto de letras, números y espacios.</translation>
    </message>
    <message>
        <source>A key&apos;s name is 1 to 40 letters, digits, dots, hyphens or underscores, and begins with a letter or digit.</source>
        <translation>El nombre de una clave tiene de 1 a 40 letras, cifras, puntos, guiones o guiones bajos, y empieza por una letra o cifra.</translation>
    </message>
    <message>
        <source>A model is named twice.</source>
        <translation>Un modelo se nombra dos veces.</translation>
    </message>
    <message>
        <source>A part of the model is missing: {name}.</source>
        <translation>Falta una parte del modelo: {name}.</translation>
    </message>
    <message>
        <source>A part of {name} is missing in the repository; it cannot be fetched.</source>
        <translation>En el repositorio falta una parte de {name}; no se puede descargar.</translation>
    </message>
    <message>
        <source>A part of {name} is missing, so it cannot be bundled.</source>
        <translation>Falta una parte de {name}; no se puede empaquetar.</translation>
    </message>
    <message>
        <source>A part of {name} is missing.</source>
        <translation>Falta una parte de {name}.</translation>
    </message>
    <message>
        <source>A reply ended before its time, so its speed says nothing. Choose a shorter prompt.</source>
        <translation>Una respuesta acabó antes de tiempo, así que su velocidad no dice nada. Conviene elegir una entrada más corta.</translation>
    </message>
    <message>
        <source>A text without tokens cannot be embedded.</source>
        <translation>De un texto sin tokens no se puede obtener un vector.</translation>
    </message>
    <message>
        <source>A tool is to be called, but there is none.</source>
        <translation>Se debe llamar a una herramienta, pero no hay ninguna.</translation>
    </message>
    <message>
        <source>A tool&apos;s parameters must be an object.</source>
        <translation>Los parámetros de una herramienta deben ser un objeto.</translation>
    </message>
    <message>
        <source>A web page came in the place of {name}. Where this network asks to sign in, do so in a web browser; then try again.</source>
        <translation>En lugar de {name} llegó una página web. Si esta red pide iniciar sesión, conviene hacerlo en un navegador e intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>Another program listens on {path} already. Close it, or choose another path.</source>
        <translation>Otro programa ya escucha en {path}. Hay que cerrarlo o elegir otra ruta.</translation>
    </message>
    <message>
        <source>Copying {name} was cancelled.</source>
        <translation>Se canceló la copia de {name}.</translation>
    </message>
    <message>
        <source>Fetching {name} was stopped; what has come is kept.</source>
        <translation>Se detuvo la descarga de {name}; lo que ha llegado se conserva.</translation>
    </message>
    <message>
        <source>It is not known where {name} comes from, so nothing can be compared.</source>
        <translation>No se sabe de dónde viene {name}; no hay nada con qué compararlo.</translation>
    </message>
    <message>
        <source>Listening on {host}, port {port} is not possible: {reason}.</source>
        <translation>No se puede escuchar en {host}, puerto {port}: {reason}.</translation>
    </message>
    <message>
        <source>Loading the model was cancelled.</source>
        <translation>Se ha cancelado la carga del modelo.</translation>
    </message>
    <message>
        <source>Loading {name} was cancelled.</source>
        <translation>Se ha cancelado la carga de {name}.</translation>
    </message>
    <message>
        <source>Measuring this computer&apos;s speed was cancelled.</source>
        <translation>Se ha cancelado la medición de la velocidad de este equipo.</translation>
    </message>
    <message>
        <source>Message {number} has a content that is no text.</source>
        <translation>El mensaje {number} tiene un contenido que no es texto.</translation>
    </message>
    <message>
        <source>Message {number} has a tool call that cannot be read.</source>
        <translation>El mensaje {number} tiene una llamada a una herramienta que no se puede leer.</translation>
    </message>
    <message>
        <source>Message {number} has no role that is known: system, user, assistant or tool.</source>
        <translation>El mensaje {number} no tiene un papel conocido: system, user, assistant o tool.</translation>
    </message>
    <message>
        <source>Message {number} holds a part that is no text, which is not shown here.</source>
        <translation>El mensaje {number} contiene una parte que no es texto y que aquí no se muestra.</translation>
    </message>
    <message>
        <source>No model is loaded. Choose a model first.</source>
        <translation>No hay ningún modelo cargado. Antes hay que elegir uno.</translation>
    </message>
    <message>
        <source>Nothing may be written to {folder}. Choose another folder.</source>
        <translation>No se permite escribir en {folder}. Se puede elegir otra carpeta.</translation>
    </message>
    <message>
        <source>Nothing of this fits into a context of {n_ctx} tokens. Choose shorter prompts.</source>
        <translation>Nada de esto cabe en un contexto de {n_ctx} tokens. Conviene elegir entradas más cortas.</translation>
    </message>
    <message>
        <source>Offline mode is on, so nothing was fetched. Switch it off in the settings to go on.</source>
        <translation>El modo sin conexión está activado, así que no se descargó nada. Para continuar, basta con desactivarlo en los ajustes.</translation>
    </message>
    <message>
        <source>Offline mode is on; {title} is fetched when it is switched off.</source>
        <translation>El modo sin conexión está activado; {title} se descargará cuando se desactive.</translation>
    </message>
    <message>
        <source>Only an assistant&apos;s message that has begun can be continued.</source>
        <translation>Solo se puede continuar un mensaje del asistente ya empezado.</translation>
    </message>
    <message>
        <source>Opening the bundle was cancelled.</source>
        <translation>Se canceló la apertura del paquete.</translation>
    </message>
    <message>
        <source>Other computers are served over TLS only. Switch TLS on, or listen on 127.0.0.1.</source>
        <translation>A otros equipos solo se les atiende con TLS. Hay que activar TLS o escuchar en 127.0.0.1.</translation>
    </message>
    <message>
        <source>Others can read the key file {path}. Make it yours alone: chmod 600 {path}</source>
        <translation>Otros pueden leer el archivo de claves {path}. Para que sea solo del propietario: chmod 600 {path}</translation>
    </message>
    <message>
        <source>Port {port} is kept for the system. Choose one from 1024 on.</source>
        <translation>El puerto {port} está reservado al sistema. Hay que elegir uno a partir de 1024.</translation>
    </message>
    <message>
        <source>Port {port} is taken: another program listens there, perhaps a second Desktop LLM. Close it, or choose another port.</source>
        <translation>El puerto {port} está ocupado: otro programa escucha en él, quizá un segundo Desktop LLM. Hay que cerrarlo o elegir otro puerto.</translation>
    </message>
    <message>
        <source>Several models are called {name}; name one of: {names}.</source>
        <translation>Varios modelos se llaman {name}; hay que indicar uno de estos: {names}.</translation>
    </message>
    <message>
        <source>The JSON schema allows nothing where it says false.</source>
        <translation>El esquema JSON no admite nada donde dice false.</translation>
    </message>
    <message>
        <source>The JSON schema bounds a number by a fraction, which a grammar cannot keep.</source>
        <translation>El esquema JSON limita un número con una fracción, y una gramática no puede cumplirlo.</translation>
    </message>
    <message>
        <source>The JSON schema bounds a number so that there is none.</source>
        <translation>El esquema JSON limita un número de modo que no queda ninguno.</translation>
    </message>
    <message>
        <source>The JSON schema combines different values of {keyword}.</source>
        <translation>El esquema JSON combina valores distintos de {keyword}.</translation>
    </message>
    <message>
        <source>The JSON schema combines what cannot be combined.</source>
        <translation>El esquema JSON combina lo que no se puede combinar.</translation>
    </message>
    <message>
        <source>The JSON schema gives a text both a pattern and a length.</source>
        <translation>El esquema JSON da a un texto un patrón y una longitud a la vez.</translation>
    </message>
    <message>
        <source>The JSON schema gives pattern no text.</source>
        <translation>El esquema JSON no da ningún texto a pattern.</translation>
    </message>
    <message>
        <source>The JSON schema gives {keyword} no list of values.</source>
        <translation>El esquema JSON no da una lista de valores a {keyword}.</translation>
    </message>
    <message>
        <source>The JSON schema gives {keyword} no number.</source>
        <translation>El esquema JSON no da un número a {keyword}.</translation>
    </message>
    <message>
        <source>The JSON schema gives {keyword} no whole number.</source>
        <translation>El esquema JSON no da un número entero a {keyword}.</translation>
    </message>
    <message>
        <source>The JSON schema has properties that are none.</source>
        <translation>El esquema JSON tiene propiedades que no lo son.</translation>
    </message>
    <message>
        <source>The JSON schema has something that is no schema where one belongs.</source>
        <translation>El esquema JSON tiene algo que no es un esquema donde debe haber uno.</translation>
    </message>
    <message>
        <source>The JSON schema is nested too deeply.</source>
        <translation>El esquema JSON tiene demasiados niveles anidados.</translation>
    </message>
    <message>
        <source>The JSON schema is nested too deeply; at most {n} levels are possible.</source>
        <translation>El esquema JSON tiene demasiados niveles anidados; se admiten {n} como máximo.</translation>
    </message>
    <message>
        <source>The JSON schema is not valid JSON: {reason}.</source>
        <translation>El esquema JSON no es JSON válido: {reason}.</translation>
    </message>
    <message>
        <source>The JSON schema is too large; at most {n} bytes are possible.</source>
        <translation>El esquema JSON es demasiado grande; se admiten {n} bytes como máximo.</translation>
    </message>
    <message>
        <source>The JSON schema makes too large a grammar. {reason}</source>
        <translation>El esquema JSON da una gramática demasiado grande. {reason}</translation>
    </message>
    <message>
        <source>The JSON schema names the type {type}, which does not exist.</source>
        <translation>El esquema JSON nombra el tipo {type}, que no existe.</translation>
    </message>
    <message>
        <source>The JSON schema refers in a circle.</source>
        <translation>El esquema JSON se refiere a sí mismo en círculo.</translation>
    </message>
    <message>
        <source>The JSON schema refers to another document, which is not possible.</source>
        <translation>El esquema JSON remite a otro documento, y eso no es posible.</translation>
    </message>
    <message>
        <source>The JSON schema refers to {reference}, which is not in it.</source>
        <translation>El esquema JSON remite a {reference}, que no está en él.</translation>
    </message>
    <message>
        <source>The JSON schema uses {keyword}, which a grammar cannot keep.</source>
        <translation>El esquema JSON usa {keyword}, y una gramática no puede cumplirlo.</translation>
    </message>
    <message>
        <source>The JSON schema wants a longer text than it allows.</source>
        <translation>El esquema JSON pide un texto más largo de lo que admite.</translation>
    </message>
    <message>
        <source>The JSON schema wants more items than it allows.</source>
        <translation>El esquema JSON pide más elementos de los que admite.</translation>
    </message>
    <message>
        <source>The JSON schema&apos;s oneOf has branches that may hold at once. Give each a property that is required and has another constant in each, or use anyOf.</source>
        <translation>El oneOf del esquema JSON tiene ramas que pueden cumplirse a la vez. Conviene dar a cada una una propiedad obligatoria con una constante distinta, o usar anyOf.</translation>
    </message>
    <message>
        <source>The JSON schema&apos;s pattern has a control character, which a grammar cannot keep.</source>
        <translation>El patrón del esquema JSON tiene un carácter de control, y una gramática no puede cumplirlo.</translation>
    </message>
    <message>
        <source>The JSON schema&apos;s pattern {pattern} uses what a grammar cannot keep.</source>
        <translation>El patrón {pattern} del esquema JSON usa lo que una gramática no puede cumplir.</translation>
    </message>
    <message>
        <source>The adapter {name} belongs to another model than {model}: its part {tensor} does not fit. Choose one that was made for this model.</source>
        <translation>El adaptador {name} pertenece a otro modelo y no a {model}: su parte {tensor} no encaja. Conviene elegir uno hecho para este modelo.</translation>
    </message>
    <message>
        <source>The adapter {name} is for models of the architecture {architecture}, and {model} is of {other}.</source>
        <translation>El adaptador {name} es para modelos de la arquitectura {architecture}, y {model} es de {other}.</translation>
    </message>
    <message>
        <source>The benchmark could not be deleted: {reason}.</source>
        <translation>No se pudo eliminar la medición: {reason}.</translation>
    </message>
    <message>
        <source>The benchmark could not be kept: {reason}.</source>
        <translation>No se pudo guardar la medición: {reason}.</translation>
    </message>
    <message>
        <source>The benchmark was stopped.</source>
        <translation>La medición se detuvo.</translation>
    </message>
    <message>
        <source>The built-in model belongs to this program and cannot be removed.</source>
        <translation>El modelo incluido pertenece a este programa y no se puede quitar.</translation>
    </message>
    <message>
        <source>The built-in model belongs to this program; nothing is recorded of it.</source>
        <translation>El modelo incluido pertenece a este programa; no se registra nada de él.</translation>
    </message>
    <message>
        <source>The bundle has a file with a name that is not allowed: {name}.</source>
        <translation>El paquete tiene un archivo con un nombre que no se admite: {name}.</translation>
    </message>
    <message>
        <source>The bundle is not to be trusted: {name} or its signature was changed, or another key signed it.</source>
        <translation>El paquete no es de fiar: se cambió {name} o su firma, o lo firmó otra clave.</translation>
    </message>
    <message>
        <source>The bundle is of a newer version of this program; update it first.</source>
        <translation>El paquete es de una versión más nueva de este programa; primero hay que actualizarlo.</translation>
    </message>
    <message>
        <source>The bundle names a file twice: {name}.</source>
        <translation>El paquete nombra un archivo dos veces: {name}.</translation>
    </message>
    <message>
        <source>The bundle {path} could not be written: {reason}.</source>
        <translation>No se pudo escribir el paquete {path}: {reason}.</translation>
    </message>
    <message>
        <source>The bundle&apos;s manifest is not one that this program writes, although it is signed.</source>
        <translation>El manifiesto del paquete no es como los que escribe este programa, aunque está firmado.</translation>
    </message>
    <message>
        <source>The bundle&apos;s {name} is too long.</source>
        <translation>{name}, del paquete, es demasiado largo.</translation>
    </message>
    <message>
        <source>The bytes of {name} are not those that the hub promises, so they were thrown away. Try again later, or over another network.</source>
        <translation>Los bytes de {name} no son los que promete el hub, así que se descartaron. Conviene intentarlo más tarde o por otra red.</translation>
    </message>
    <message>
        <source>The catalogue does not know the inner sizes of {name}, so its memory cannot be planned without its file.</source>
        <translation>El catálogo no conoce las medidas internas de {name}, así que sin su archivo no se puede calcular su memoria.</translation>
    </message>
    <message>
        <source>The catalogue has no model {name}.</source>
        <translation>El catálogo no tiene ningún modelo {name}.</translation>
    </message>
    <message>
        <source>The catalogue knows no size of {name} in {quantization}; it knows: {known}.</source>
        <translation>El catálogo no conoce el tamaño de {name} en {quantization}; conoce: {known}.</translation>
    </message>
    <message>
        <source>The certificate could not be kept in {path}: {reason}.</source>
        <translation>El certificado no se pudo guardar en {path}: {reason}.</translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted. Where a company inspects connections, its certificate file can be named in the settings.</source>
        <translation>El certificado de {host} no es de confianza. Si una empresa inspecciona las conexiones, su archivo de certificados se puede indicar en los ajustes.</translation>
    </message>
    <message>
        <source>The certificate {path} and its key cannot be used: {reason}.</source>
        <translation>El certificado {path} y su clave no se pueden usar: {reason}.</translation>
    </message>
    <message>
        <source>The connection broke while {name} was fetched. What has come is kept.</source>
        <translation>La conexión se cortó durante la descarga de {name}. Lo que ha llegado se conserva.</translation>
    </message>
    <message>
        <source>The connection to {host} broke. Try again.</source>
        <translation>La conexión con {host} se cortó. Conviene intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>The connection to {host} was refused, because it is not encrypted.</source>
        <translation>Se rechazó la conexión con {host} porque no está cifrada.</translation>
    </message>
    <message>
        <source>The conversation has {n_tokens} tokens, but the context holds {n_ctx}. Shorten it, begin a new conversation, or load the model with a longer context.</source>
        <translation>La conversación tiene {n_tokens} tokens, pero en el contexto caben {n_ctx}. Se puede acortar, empezar una nueva o cargar el modelo con un contexto mayor.</translation>
    </message>
    <message>
        <source>The disk is full, so fetching {name} stopped. What has come is kept: free some room, and go on.</source>
        <translation>El disco está lleno y la descarga de {name} se detuvo. Lo que ha llegado se conserva: hay que liberar espacio y continuar.</translation>
    </message>
    <message>
        <source>The disk is full, so {name} was not imported.</source>
        <translation>El disco está lleno, así que {name} no se importó.</translation>
    </message>
    <message>
        <source>The disk takes no file as large as {name}. Choose a folder for models on another disk.</source>
        <translation>El disco no admite un archivo tan grande como {name}. Hay que elegir una carpeta de modelos en otro disco.</translation>
    </message>
    <message>
        <source>The download was taken from the list.</source>
        <translation>La descarga se quitó de la lista.</translation>
    </message>
    <message>
        <source>The engine could not compute the next tokens (status {status}).</source>
        <translation>El motor no ha podido calcular los tokens siguientes (estado {status}).</translation>
    </message>
    <message>
        <source>The engine could not compute the vectors (status {status}).</source>
        <translation>El motor no pudo calcular los vectores (estado {status}).</translation>
    </message>
    <message>
        <source>The engine has no result for row {row} of its batch.</source>
        <translation>El motor no tiene resultado para la fila {row} de su lote.</translation>
    </message>
    <message>
        <source>The engine has no room to compute this text.</source>
        <translation>El motor no tiene espacio para calcular este texto.</translation>
    </message>
    <message>
        <source>The engine has no vector for input {row} of its batch.</source>
        <translation>El motor no tiene ningún vector para la entrada {row} de su lote.</translation>
    </message>
    <message>
        <source>The engine is closed.</source>
        <translation>El motor está cerrado.</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly. Load the model again.</source>
        <translation>El motor se ha detenido de forma inesperada. Hay que volver a cargar el modelo.</translation>
    </message>
    <message>
        <source>The file of trusted certificates {path} could not be read: {reason}.</source>
        <translation>No se pudo leer el archivo de certificados de confianza {path}: {reason}.</translation>
    </message>
    <message>
        <source>The file {path} could not be read: {reason}.</source>
        <translation>No se ha podido leer el archivo {path}: {reason}.</translation>
    </message>
    <message>
        <source>The file {path} could not be written: {reason}.</source>
        <translation>No se pudo escribir el archivo {path}: {reason}.</translation>
    </message>
    <message>
        <source>The file {path} holds no certificates (PEM) to trust.</source>
        <translation>El archivo {path} no contiene certificados (PEM) en los que confiar.</translation>
    </message>
    <message>
        <source>The folder {folder} does not exist. Choose another one.</source>
        <translation>La carpeta {folder} no existe. Se puede elegir otra.</translation>
    </message>
    <message>
        <source>The folder {path} is not empty; a bundle needs a new one.</source>
        <translation>La carpeta {path} no está vacía; un paquete necesita una nueva.</translation>
    </message>
    <message>
        <source>The grammar could not be checked.</source>
        <translation>No se ha podido comprobar la gramática.</translation>
    </message>
    <message>
        <source>The grammar could not be read. It needs a rule named root, in llama.cpp&apos;s GBNF.</source>
        <translation>No se ha podido leer la gramática. Necesita una regla llamada root, en el formato GBNF de llama.cpp.</translation>
    </message>
    <message>
        <source>The grammar leaves no token of this model to go on with.</source>
        <translation>La gramática no deja ningún token de este modelo con el que seguir.</translation>
    </message>
    <message>
        <source>The grammar or JSON schema is too complex.</source>
        <translation>La gramática o el esquema JSON es demasiado complejo.</translation>
    </message>
    <message>
        <source>The grammar or JSON schema makes the engine crash, so it was not used.</source>
        <translation>La gramática o el esquema JSON hace fallar el motor, por lo que no se ha usado.</translation>
    </message>
    <message>
        <source>The header of {name} did not arrive whole. Try again.</source>
        <translation>La cabecera de {name} no llegó entera. Conviene intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>The hub answered with error {status}. Try again later.</source>
        <translation>El hub respondió con el error {status}. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>The hub does not give out {name} without permission: accept the licence of {repo} on its web page, and store an access token in the settings.</source>
        <translation>El hub no entrega {name} sin permiso: hay que aceptar la licencia de {repo} en su página web y guardar un token de acceso en los ajustes.</translation>
    </message>
    <message>
        <source>The hub does not say which bytes {name} has, so it was not fetched.</source>
        <translation>El hub no dice qué bytes tiene {name}, así que no se descargó.</translation>
    </message>
    <message>
        <source>The hub gives an address for {name} that cannot be used.</source>
        <translation>El hub da para {name} una dirección que no se puede usar.</translation>
    </message>
    <message>
        <source>The hub knows no {name}, or shows it only to its members.</source>
        <translation>El hub no conoce {name}, o solo lo muestra a sus miembros.</translation>
    </message>
    <message>
        <source>The hub no longer has {name} of {repo}.</source>
        <translation>El hub ya no tiene {name} de {repo}.</translation>
    </message>
    <message>
        <source>The hub now has other content under the name {name} than it promised. Look it up there again.</source>
        <translation>El hub tiene ahora con el nombre {name} otro contenido que el prometido. Conviene buscarlo allí de nuevo.</translation>
    </message>
    <message>
        <source>The hub offers other bytes of {name} than this program knows of, so it was not fetched.</source>
        <translation>El hub ofrece otros bytes de {name} que los que este programa conoce, así que no se descargó.</translation>
    </message>
    <message>
        <source>The hub refused to send {name} (status {status}). Try again later.</source>
        <translation>El hub se negó a enviar {name} (estado {status}). Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>The key file {path} could not be written: {reason}.</source>
        <translation>El archivo de claves {path} no se pudo escribir: {reason}.</translation>
    </message>
    <message>
        <source>The key file {path} holds no key.</source>
        <translation>El archivo de claves {path} no contiene ninguna clave.</translation>
    </message>
    <message>
        <source>The key {path} could not be read: {reason}.</source>
        <translation>No se pudo leer la clave {path}: {reason}.</translation>
    </message>
    <message>
        <source>The key {path} could not be removed: {reason}.</source>
        <translation>No se pudo eliminar la clave {path}: {reason}.</translation>
    </message>
    <message>
        <source>The key {path} could not be written: {reason}.</source>
        <translation>No se pudo escribir la clave {path}: {reason}.</translation>
    </message>
    <message>
        <source>The key {path} is of another kind; bundles are signed with Ed25519.</source>
        <translation>La clave {path} es de otra clase; los paquetes se firman con Ed25519.</translation>
    </message>
    <message>
        <source>The key {path} is protected by a password; this program cannot ask for it.</source>
        <translation>La clave {path} está protegida con una contraseña; este programa no puede pedirla.</translation>
    </message>
    <message>
        <source>The list of keys {path} could not be written: {reason}.</source>
        <translation>La lista de claves {path} no se pudo escribir: {reason}.</translation>
    </message>
    <message>
        <source>The loaded model has other tokens than the one that this reply was begun with.</source>
        <translation>El modelo cargado tiene otros tokens que el que comenzó esta respuesta.</translation>
    </message>
    <message>
        <source>The local API did not start.</source>
        <translation>La API local no se inició.</translation>
    </message>
    <message>
        <source>The model computed no vector, only zeros or NaN. The file may be damaged.</source>
        <translation>El modelo no calculó ningún vector, solo ceros o NaN. Es posible que el archivo esté dañado.</translation>
    </message>
    <message>
        <source>The model was replaced while it was replying. Ask again.</source>
        <translation>El modelo se ha sustituido mientras respondía. Hay que repetir la pregunta.</translation>
    </message>
    <message>
        <source>The model was unloaded while it was replying.</source>
        <translation>El modelo se ha descargado de la memoria mientras respondía.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template calls itself too deeply.</source>
        <translation>La plantilla de conversación del modelo se llama a sí misma demasiadas veces.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template cannot continue a message.</source>
        <translation>La plantilla de conversación del modelo no puede continuar un mensaje.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template failed: {reason}.</source>
        <translation>La plantilla de conversación del modelo ha fallado: {reason}.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template is too long ({n} characters).</source>
        <translation>La plantilla de conversación del modelo es demasiado larga ({n} caracteres).</translation>
    </message>
    <message>
        <source>The model&apos;s chat template is wrong: {reason}.</source>
        <translation>La plantilla de conversación del modelo es incorrecta: {reason}.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template refuses this conversation: {reason}.</source>
        <translation>La plantilla de conversación del modelo rechaza esta conversación: {reason}.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template {reason}.</source>
        <translation>La plantilla de conversación del modelo {reason}.</translation>
    </message>
    <message>
        <source>The model&apos;s name is empty; give a name or a file.</source>
        <translation>El nombre del modelo está vacío; hace falta un nombre o un archivo.</translation>
    </message>
    <message>
        <source>The name of this file is too long. Choose a shorter one.</source>
        <translation>El nombre de este archivo es demasiado largo. Se puede elegir uno más corto.</translation>
    </message>
    <message>
        <source>The note of what is wrong with {name} cannot be read.</source>
        <translation>La nota de lo que falla en {name} no se puede leer.</translation>
    </message>
    <message>
        <source>The parameters of the tool {tool} cannot be forced. {reason}</source>
        <translation>Los parámetros de la herramienta {tool} no se pueden imponer. {reason}</translation>
    </message>
    <message>
        <source>The prompt is empty: there is nothing to go on from.</source>
        <translation>La petición está vacía: no hay nada a partir de lo cual seguir.</translation>
    </message>
    <message>
        <source>The proxy refused the connection to {host}. Check the proxy in the settings.</source>
        <translation>El proxy rechazó la conexión con {host}. Conviene revisar el proxy en los ajustes.</translation>
    </message>
    <message>
        <source>The reply could not be computed. Try again, or load the model again.</source>
        <translation>No se ha podido calcular la respuesta. Se puede volver a intentar o cargar de nuevo el modelo.</translation>
    </message>
    <message>
        <source>The repository calls a file {name}, which is not a name that can be kept here; it was not fetched.</source>
        <translation>El repositorio llama {name} a un archivo, un nombre que aquí no se puede guardar; no se descargó.</translation>
    </message>
    <message>
        <source>The sampler chose no token. Try other sampling settings.</source>
        <translation>No se ha elegido ningún token. Conviene probar otros ajustes de muestreo.</translation>
    </message>
    <message>
        <source>The server cannot go on in the middle of {name}, and the connection does not hold. Try again later.</source>
        <translation>El servidor no puede continuar por la mitad de {name}, y la conexión no aguanta. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>The server sends {name} in a way that makes no sense ({header}). Try again later, or over another network.</source>
        <translation>El servidor envía {name} de una forma sin sentido ({header}). Conviene intentarlo más tarde o por otra red.</translation>
    </message>
    <message>
        <source>The server sends {name} with {found} bytes where the hub promises {size}; it was not kept. Try again later.</source>
        <translation>El servidor envía {name} con {found} bytes donde el hub promete {size}; no se guardó. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>The setting {name} must be from {low} to {high}.</source>
        <translation>El ajuste {name} debe estar entre {low} y {high}.</translation>
    </message>
    <message>
        <source>The setting {name} must be of type {kind}.</source>
        <translation>El ajuste {name} debe ser de tipo {kind}.</translation>
    </message>
    <message>
        <source>The setting {name} must be one of {choices}.</source>
        <translation>El ajuste {name} debe ser uno de estos: {choices}.</translation>
    </message>
    <message>
        <source>The settings could not be saved to {path}.</source>
        <translation>No se han podido guardar los ajustes en {path}.</translation>
    </message>
    <message>
        <source>The settings file could not be read, so the defaults are used; the file is kept as {path}.</source>
        <translation>No se ha podido leer el archivo de ajustes, por lo que se usan los valores iniciales; el archivo se conserva como {path}.</translation>
    </message>
    <message>
        <source>The socket {path} cannot be made: {reason}.</source>
        <translation>El socket {path} no se puede crear: {reason}.</translation>
    </message>
    <message>
        <source>The system&apos;s keychain did not take the secret: {reason}. Unlock it, and try again.</source>
        <translation>El llavero del sistema no aceptó el secreto: {reason}. Hay que desbloquearlo e intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>The text could not be turned into tokens.</source>
        <translation>No se ha podido convertir el texto en tokens.</translation>
    </message>
    <message>
        <source>The text has {n_tokens} tokens, but this embedding model takes {n_ctx} at most. Shorten or divide it.</source>
        <translation>El texto tiene {n_tokens} tokens, pero este modelo de embeddings admite {n_ctx} como máximo. Es necesario acortarlo o dividirlo.</translation>
    </message>
    <message>
        <source>The tokenizer cannot be read: {reason}.</source>
        <translation>No se puede leer el tokenizador: {reason}.</translation>
    </message>
    <message>
        <source>The tool {tool} cannot be forced: its name has other characters than letters, digits, _, - and dots.</source>
        <translation>No se puede forzar la herramienta {tool}: su nombre tiene caracteres que no son letras, dígitos, _, - ni puntos.</translation>
    </message>
    <message>
        <source>The tool {tool} that is to be called is not among the tools.</source>
        <translation>La herramienta {tool} que se debe llamar no está entre las herramientas.</translation>
    </message>
    <message>
        <source>The tools in this JSON are no array of descriptions.</source>
        <translation>Las herramientas de este JSON no son una lista de descripciones.</translation>
    </message>
    <message>
        <source>The tools make too large a grammar. Name the tool to be called, or offer fewer.</source>
        <translation>Las herramientas dan una gramática demasiado grande. Hay que nombrar la herramienta que se debe llamar u ofrecer menos.</translation>
    </message>
    <message>
        <source>The vision projector {name} belongs to another model: it gives {width} numbers for each piece of a picture, and {model} takes {wanted}. Choose the one of this model.</source>
        <translation>El proyector de visión {name} pertenece a otro modelo: da {width} números por cada trozo de imagen y {model} toma {wanted}. Conviene elegir el de este modelo.</translation>
    </message>
    <message>
        <source>There are no messages in this JSON: an array of them is expected.</source>
        <translation>En este JSON no hay mensajes: se espera una lista de ellos.</translation>
    </message>
    <message>
        <source>There is a key named {name} already. Revoke it first, or take another name.</source>
        <translation>Ya hay una clave llamada {name}. Hay que revocarla antes o elegir otro nombre.</translation>
    </message>
    <message>
        <source>There is another file named {name} in the models folder. Rename one of the two first.</source>
        <translation>En la carpeta de modelos hay otro archivo llamado {name}. Primero hay que cambiar el nombre de uno de los dos.</translation>
    </message>
    <message>
        <source>There is no GGUF model in the folder {path}.</source>
        <translation>No hay ningún modelo GGUF en la carpeta {path}.</translation>
    </message>
    <message>
        <source>There is no bundle at {path}.</source>
        <translation>No hay ningún paquete en {path}.</translation>
    </message>
    <message>
        <source>There is no bundled vocabulary named {name}.</source>
        <translation>No hay ningún vocabulario incluido llamado {name}.</translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation>No existe el archivo {path}.</translation>
    </message>
    <message>
        <source>There is no key file {path}. Make one: desktop-llm keys create NAME --key-file {path}</source>
        <translation>No existe el archivo de claves {path}. Se crea con: desktop-llm keys create NOMBRE --key-file {path}</translation>
    </message>
    <message>
        <source>There is no key named {name}.</source>
        <translation>No hay ninguna clave llamada {name}.</translation>
    </message>
    <message>
        <source>There is no message to send.</source>
        <translation>No hay ningún mensaje que enviar.</translation>
    </message>
    <message>
        <source>There is no model file {path}.</source>
        <translation>No existe el archivo de modelo {path}.</translation>
    </message>
    <message>
        <source>There is no model named {name}; known models: {known}.</source>
        <translation>No hay ningún modelo llamado {name}; modelos conocidos: {known}.</translation>
    </message>
    <message>
        <source>There is no room left for {name} in {folder}. Free some, or choose another folder.</source>
        <translation>No queda sitio para {name} en {folder}. Se puede liberar espacio o elegir otra carpeta.</translation>
    </message>
    <message>
        <source>There is no setting named {name}.</source>
        <translation>No hay ningún ajuste llamado {name}.</translation>
    </message>
    <message>
        <source>There is no text to embed.</source>
        <translation>No hay ningún texto del que obtener un vector.</translation>
    </message>
    <message>
        <source>There is no tokenizer named {name}. Known ones: {known}; or give a GGUF file.</source>
        <translation>No hay ningún tokenizador llamado {name}. Los conocidos son: {known}; o bien un archivo GGUF.</translation>
    </message>
    <message>
        <source>These are too many messages: at most {most} are read.</source>
        <translation>Son demasiados mensajes: se leen {most} como máximo.</translation>
    </message>
    <message>
        <source>This computer has no address {host}.</source>
        <translation>Este equipo no tiene la dirección {host}.</translation>
    </message>
    <message>
        <source>This computer&apos;s speed could not be measured: the engine failed on {device}.</source>
        <translation>No se ha podido medir la velocidad de este equipo: el motor ha fallado en {device}.</translation>
    </message>
    <message>
        <source>This computer&apos;s speed could not be measured: {reason}.</source>
        <translation>No se ha podido medir la velocidad de este equipo: {reason}.</translation>
    </message>
    <message>
        <source>This is not JSON that can be read.</source>
        <translation>Este JSON no se puede leer.</translation>
    </message>
    <message>
        <source>This is not JSON: see line {line}.</source>
        <translation>Esto no es JSON: véase la línea {line}.</translation>
    </message>
    <message>
        <source>This is too long: at most {most} characters of JSON are read.</source>
        <translation>Es demasiado largo: se leen {most} caracteres de JSON como máximo.</translation>
    </message>
    <message>
        <source>This key is of another kind; bundles are signed with Ed25519.</source>
        <translation>Esta clave es de otro tipo; los paquetes se firman con Ed25519.</translation>
    </message>
    <message>
        <source>This key is trusted already, as {name}.</source>
        <translation>Ya se confía en esta clave, con el nombre {name}.</translation>
    </message>
    <message>
        <source>This model&apos;s vocabulary has no token for the character {character}.</source>
        <translation>El vocabulario de este modelo no tiene ningún token para el carácter {character}.</translation>
    </message>
    <message>
        <source>This system has no keychain that is open to this program, so the secret was not kept. On Linux, gnome-keyring or KWallet is one.</source>
        <translation>Este sistema no tiene un llavero abierto a este programa, así que el secreto no se guardó. En Linux lo son gnome-keyring o KWallet.</translation>
    </message>
    <message>
        <source>This text is no public key. It is the line that begins with MCow.</source>
        <translation>Este texto no es una clave pública. Es la línea que empieza por MCow.</translation>
    </message>
    <message>
        <source>Token {token} does not exist in this model.</source>
        <translation>El token {token} no existe en este modelo.</translation>
    </message>
    <message>
        <source>Token {token} does not exist: this model&apos;s tokens are 0 to {last}.</source>
        <translation>El token {token} no existe: los de este modelo van de 0 a {last}.</translation>
    </message>
    <message>
        <source>Token {token} of the logit bias does not exist: this model&apos;s tokens are 0 to {last}.</source>
        <translation>El token {token} del sesgo de logits no existe: los de este modelo van de 0 a {last}.</translation>
    </message>
    <message>
        <source>Two files of a model are named {name}.</source>
        <translation>Dos archivos de un modelo se llaman {name}.</translation>
    </message>
    <message>
        <source>Two files of {name} have the same name.</source>
        <translation>Dos archivos de {name} tienen el mismo nombre.</translation>
    </message>
    <message>
        <source>Two files of {title} have the same name; it was not fetched.</source>
        <translation>Dos archivos de {title} tienen el mismo nombre; no se descargó.</translation>
    </message>
    <message>
        <source>Unix sockets are for Linux and macOS. Listen on a port instead.</source>
        <translation>Los sockets de Unix son para Linux y macOS. Hay que escuchar en un puerto.</translation>
    </message>
    <message>
        <source>Verifying {name} was cancelled.</source>
        <translation>Se canceló la comprobación de {name}.</translation>
    </message>
    <message>
        <source>What is known of {name} could not be written: {reason}.</source>
        <translation>Lo que se sabe de {name} no se pudo escribir: {reason}.</translation>
    </message>
    <message>
        <source>a port is a number from 0 to 65535</source>
        <translation>un puerto es un número de 0 a 65535</translation>
    </message>
    <message>
        <source>calls itself too deeply</source>
        <translation>se llama a sí misma demasiadas veces</translation>
    </message>
    <message>
        <source>joins what has no length</source>
        <translation>une lo que no tiene longitud</translation>
    </message>
    <message>
        <source>makes too large a number</source>
        <translation>produce un número demasiado grande</translation>
    </message>
    <message>
        <source>makes too many values</source>
        <translation>produce demasiados valores</translation>
    </message>
    <message>
        <source>makes too much text</source>
        <translation>produce demasiado texto</translation>
    </message>
    <message>
        <source>makes too wide a text</source>
        <translation>produce un texto demasiado ancho</translation>
    </message>
    <message>
        <source>nests its parts too deeply</source>
        <translation>anida sus partes en demasiados niveles</translation>
    </message>
    <message>
        <source>nests values too deeply</source>
        <translation>anida valores en demasiados niveles</translation>
    </message>
    <message>
        <source>searches for too long a text</source>
        <translation>busca un texto demasiado largo</translation>
    </message>
    <message>
        <source>takes too long</source>
        <translation>tarda demasiado</translation>
    </message>
    <message>
        <source>takes too many steps</source>
        <translation>da demasiados pasos</translation>
    </message>
    <message>
        <source>takes too much memory</source>
        <translation>ocupa demasiada memoria</translation>
    </message>
    <message>
        <source>works on too long a text</source>
        <translation>trabaja con un texto demasiado largo</translation>
    </message>
    <message>
        <source>{host} answered something that is not the hub&apos;s. The network may want a sign-in first.</source>
        <translation>{host} respondió algo que no es del hub. Quizá la red pida antes iniciar sesión.</translation>
    </message>
    <message>
        <source>{host} answered with error {status}. Try again later.</source>
        <translation>{host} respondió con el error {status}. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>{host} cannot send a part of a file.</source>
        <translation>{host} no puede enviar una parte de un archivo.</translation>
    </message>
    <message>
        <source>{host} could not be reached. Check the network connection.</source>
        <translation>No se pudo contactar con {host}. Conviene revisar la conexión de red.</translation>
    </message>
    <message>
        <source>{host} gets too many requests from this network. Try again in some minutes.</source>
        <translation>{host} recibe demasiadas peticiones de esta red. Conviene intentarlo dentro de unos minutos.</translation>
    </message>
    <message>
        <source>{host} is not an IP address to listen on.</source>
        <translation>{host} no es una dirección IP en la que escuchar.</translation>
    </message>
    <message>
        <source>{host} sends the request in a circle. Try again later.</source>
        <translation>{host} envía la petición en círculo. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>{host} stopped answering. Try again later.</source>
        <translation>{host} dejó de responder. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>{name} can be loaded, but computes nothing. The file is damaged.</source>
        <translation>{name} se puede cargar, pero no calcula nada. El archivo está dañado.</translation>
    </message>
    <message>
        <source>{name} cannot be linked from there. Import it by reference or as a copy.</source>
        <translation>{name} no se puede enlazar desde allí. Se puede importar por referencia o como copia.</translation>
    </message>
    <message>
        <source>{name} cannot draft for {model}: their vocabularies differ. Choose a small model of the same family.</source>
        <translation>{name} no puede hacer borradores para {model}: sus vocabularios son distintos. Conviene elegir un modelo pequeño de la misma familia.</translation>
    </message>
    <message>
        <source>{name} cannot stand in a certificate.</source>
        <translation>{name} no puede figurar en un certificado.</translation>
    </message>
    <message>
        <source>{name} compares pairs of texts (a reranker); this is not supported.</source>
        <translation>{name} compara pares de textos (un reordenador); esto no es compatible.</translation>
    </message>
    <message>
        <source>{name} compares texts (an embedding model); it cannot chat. Choose a chat model.</source>
        <translation>{name} compara textos (es un modelo de incrustaciones) y no puede conversar. Hay que elegir un modelo de conversación.</translation>
    </message>
    <message>
        <source>{name} computes no numbers, only NaN. The file is damaged.</source>
        <translation>{name} no calcula números, solo NaN. El archivo está dañado.</translation>
    </message>
    <message>
        <source>{name} could not be imported: {reason}.</source>
        <translation>No se pudo importar {name}: {reason}.</translation>
    </message>
    <message>
        <source>{name} could not be loaded: {reason}.</source>
        <translation>No se ha podido cargar {name}: {reason}.</translation>
    </message>
    <message>
        <source>{name} could not be planned: {reason}.</source>
        <translation>No se ha podido planificar {name}: {reason}.</translation>
    </message>
    <message>
        <source>{name} could not be read: {reason}.</source>
        <translation>No se ha podido leer {name}: {reason}.</translation>
    </message>
    <message>
        <source>{name} could not be tried: {reason}.</source>
        <translation>No se ha podido probar {name}: {reason}.</translation>
    </message>
    <message>
        <source>{name} could not be written: {reason}. Choose another folder.</source>
        <translation>No se pudo escribir {name}: {reason}. Se puede elegir otra carpeta.</translation>
    </message>
    <message>
        <source>{name} does not belong to the bundle.</source>
        <translation>{name} no pertenece al paquete.</translation>
    </message>
    <message>
        <source>{name} does not fit into memory. Choose a smaller model or a shorter context. ({reason})</source>
        <translation>{name} no cabe en la memoria. Conviene elegir un modelo más pequeño o un contexto más corto. ({reason})</translation>
    </message>
    <message>
        <source>{name} does not fit on the disk: {lacking} are missing. Free some room, or choose another folder for models.</source>
        <translation>{name} no cabe en el disco: faltan {lacking}. Hay que liberar espacio o elegir otra carpeta de modelos.</translation>
    </message>
    <message>
        <source>{name} does not fit on the disk: {lacking} are missing. Free some room, or take another disk.</source>
        <translation>{name} no cabe en el disco: faltan {lacking}. Hay que liberar espacio o usar otro disco.</translation>
    </message>
    <message>
        <source>{name} does not say what kind of model it is.</source>
        <translation>{name} no dice qué clase de modelo es.</translation>
    </message>
    <message>
        <source>{name} has no tokenizer, so its model cannot read text.</source>
        <translation>{name} no tiene tokenizador, por lo que su modelo no puede leer texto.</translation>
    </message>
    <message>
        <source>{name} has other content than when it was recorded, so it was not bundled. Import it again if you changed it yourself.</source>
        <translation>{name} tiene otro contenido que cuando se registró; no se empaquetó. Si el cambio fue intencionado, basta con importarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} has other content than when it was recorded. Import it again if you changed it yourself, or else remove it.</source>
        <translation>{name} tiene otro contenido que cuando se registró. Si el cambio fue voluntario, se puede importar de nuevo; si no, conviene eliminarlo.</translation>
    </message>
    <message>
        <source>{name} holds numbers in a format that this app does not know (type {type}). It may need a newer version of this app.</source>
        <translation>{name} contiene números en un formato que esta aplicación no conoce (tipo {type}). Puede necesitar una versión más reciente.</translation>
    </message>
    <message>
        <source>{name} is a diffusion model; these are not supported yet.</source>
        <translation>{name} es un modelo de difusión; todavía no se admiten.</translation>
    </message>
    <message>
        <source>{name} is a folder. Choose another name for the file.</source>
        <translation>{name} es una carpeta. Se puede elegir otro nombre para el archivo.</translation>
    </message>
    <message>
        <source>{name} is a link; a bundle holds whole files only.</source>
        <translation>{name} es un enlace; un paquete solo contiene archivos enteros.</translation>
    </message>
    <message>
        <source>{name} is a tokenizer without a chat template. Choose a model.</source>
        <translation>{name} es un tokenizador sin plantilla de chat. Se puede elegir un modelo.</translation>
    </message>
    <message>
        <source>{name} is an adapter for another model (LoRA), not a model.</source>
        <translation>{name} es un adaptador para otro modelo (LoRA), no un modelo.</translation>
    </message>
    <message>
        <source>{name} is being fetched already, in another window or terminal.</source>
        <translation>{name} ya se está descargando en otra ventana o terminal.</translation>
    </message>
    <message>
        <source>{name} is broken: its content is not what its name says. Fetch it again.</source>
        <translation>{name} está dañado: su contenido no es el que dice su nombre. Hay que descargarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} is damaged: a name in it is not text. Download it again.</source>
        <translation>{name} está dañado: contiene un nombre que no es texto. Conviene descargarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} is damaged: a text in its header is too long.</source>
        <translation>{name} está dañado: un texto de su cabecera es demasiado largo.</translation>
    </message>
    <message>
        <source>{name} is damaged: an entry has no name.</source>
        <translation>{name} está dañado: una entrada no tiene nombre.</translation>
    </message>
    <message>
        <source>{name} is damaged: it claims more entries than any model has.</source>
        <translation>{name} está dañado: declara más entradas de las que tiene cualquier modelo.</translation>
    </message>
    <message>
        <source>{name} is damaged: it claims {n} layers; a model has 1 to {most}.</source>
        <translation>{name} está dañado: declara {n} capas; un modelo tiene de 1 a {most}.</translation>
    </message>
    <message>
        <source>{name} is damaged: it does not say how many layers its model has.</source>
        <translation>{name} está dañado: no dice cuántas capas tiene su modelo.</translation>
    </message>
    <message>
        <source>{name} is damaged: it has no attention heads.</source>
        <translation>{name} está dañado: no tiene cabezas de atención.</translation>
    </message>
    <message>
        <source>{name} is damaged: it has two tensors named {tensor}.</source>
        <translation>{name} está dañado: tiene dos tensores llamados {tensor}.</translation>
    </message>
    <message>
        <source>{name} is damaged: it says {key} twice.</source>
        <translation>{name} está dañado: indica {key} dos veces.</translation>
    </message>
    <message>
        <source>{name} is damaged: its alignment is no power of two, or too large.</source>
        <translation>{name} está dañado: su alineación no es una potencia de dos, o es demasiado grande.</translation>
    </message>
    <message>
        <source>{name} is damaged: its alignment is too small.</source>
        <translation>{name} está dañado: su alineación es demasiado pequeña.</translation>
    </message>
    <message>
        <source>{name} is damaged: its attention heads do not fit together.</source>
        <translation>{name} está dañado: sus cabezas de atención no encajan entre sí.</translation>
    </message>
    <message>
        <source>{name} is damaged: its header is longer than that of any known model.</source>
        <translation>{name} está dañado: su cabecera es más larga que la de cualquier modelo conocido.</translation>
    </message>
    <message>
        <source>{name} is damaged: its number of experts is no sensible number.</source>
        <translation>{name} está dañado: su número de expertos no tiene sentido.</translation>
    </message>
    <message>
        <source>{name} is damaged: its tokenizer has no vocabulary.</source>
        <translation>{name} está dañado: su tokenizador no tiene vocabulario.</translation>
    </message>
    <message>
        <source>{name} is damaged: its tokenizer lists fewer {key} than tokens.</source>
        <translation>{name} está dañado: su tokenizador enumera menos {key} que tokens.</translation>
    </message>
    <message>
        <source>{name} is damaged: its vocabulary has the same token twice.</source>
        <translation>{name} está dañado: su vocabulario tiene dos veces el mismo token.</translation>
    </message>
    <message>
        <source>{name} is damaged: its {key} is missing or no sensible number.</source>
        <translation>{name} está dañado: su {key} falta o no es un número con sentido.</translation>
    </message>
    <message>
        <source>{name} is damaged: its {key} is no number.</source>
        <translation>{name} está dañado: su {key} no es un número.</translation>
    </message>
    <message>
        <source>{name} is damaged: its {key} is no sensible number.</source>
        <translation>{name} está dañado: su {key} no es un número con sentido.</translation>
    </message>
    <message>
        <source>{name} is damaged: its {key} is not a number from 0 up.</source>
        <translation>{name} está dañado: su {key} no es un número a partir de 0.</translation>
    </message>
    <message>
        <source>{name} is damaged: the tensor {tensor} has no proper shape.</source>
        <translation>{name} está dañado: el tensor {tensor} no tiene una forma válida.</translation>
    </message>
    <message>
        <source>{name} is damaged: the tensor {tensor} overlaps another or leaves a gap.</source>
        <translation>{name} está dañado: el tensor {tensor} se solapa con otro o deja un hueco.</translation>
    </message>
    <message>
        <source>{name} is damaged: {key} has too many entries.</source>
        <translation>{name} está dañado: {key} tiene demasiadas entradas.</translation>
    </message>
    <message>
        <source>{name} is damaged: {key} is neither true nor false.</source>
        <translation>{name} está dañado: {key} no es ni verdadero ni falso.</translation>
    </message>
    <message>
        <source>{name} is damaged: {key} is of an unknown kind.</source>
        <translation>{name} está dañado: {key} es de un tipo desconocido.</translation>
    </message>
    <message>
        <source>{name} is given only to who has accepted its licence on the hub&apos;s page and shows an access token.</source>
        <translation>{name} solo se entrega a quien ha aceptado su licencia en la página del hub y presenta un token de acceso.</translation>
    </message>
    <message>
        <source>{name} is incomplete or damaged: it ends inside its header. Download it again.</source>
        <translation>{name} está incompleto o dañado: acaba dentro de su cabecera. Conviene descargarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} is incomplete: {missing} of {size} bytes are missing. Download it again.</source>
        <translation>{name} está incompleto: faltan {missing} de {size} bytes. Conviene descargarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} is missing in the bundle.</source>
        <translation>Falta {name} en el paquete.</translation>
    </message>
    <message>
        <source>{name} is missing, which belongs to the model.</source>
        <translation>Falta {name}, que pertenece al modelo.</translation>
    </message>
    <message>
        <source>{name} is no LoRA adapter.</source>
        <translation>{name} no es un adaptador LoRA.</translation>
    </message>
    <message>
        <source>{name} is no model of its own: it belongs to one. Import that model&apos;s file instead.</source>
        <translation>{name} no es un modelo por sí mismo: pertenece a uno. Hay que importar el archivo de ese modelo.</translation>
    </message>
    <message>
        <source>{name} is no repository&apos;s name: it is PUBLISHER/NAME.</source>
        <translation>{name} no es el nombre de un repositorio: tiene la forma EDITOR/NOMBRE.</translation>
    </message>
    <message>
        <source>{name} is no vision projector. Choose the file that its publisher calls mmproj.</source>
        <translation>{name} no es un proyector de visión. Conviene elegir el archivo que su editor llama mmproj.</translation>
    </message>
    <message>
        <source>{name} is not a GGUF model file.</source>
        <translation>{name} no es un archivo de modelo GGUF.</translation>
    </message>
    <message>
        <source>{name} is not a file; a bundle holds whole files only.</source>
        <translation>{name} no es un archivo; un paquete solo contiene archivos enteros.</translation>
    </message>
    <message>
        <source>{name} is not a model that continues texts, so it cannot chat.</source>
        <translation>{name} no es un modelo que continúe textos, por lo que no puede conversar.</translation>
    </message>
    <message>
        <source>{name} is not a text: only files in UTF-8 or UTF-16 can be counted.</source>
        <translation>{name} no es un texto: solo se pueden contar archivos en UTF-8 o UTF-16.</translation>
    </message>
    <message>
        <source>{name} is not here whole: its header takes at least {needed_bytes} bytes, and {n_bytes} are at hand.</source>
        <translation>{name} no está aquí completo: su cabecera ocupa al menos {needed_bytes} bytes y hay {n_bytes} disponibles.</translation>
    </message>
    <message>
        <source>{name} is not in the library, so there is nothing to remove.</source>
        <translation>{name} no está en la biblioteca; no hay nada que quitar.</translation>
    </message>
    <message>
        <source>{name} is of GGUF version 1, which is no longer supported. Look for a newer file.</source>
        <translation>{name} es de la versión 1 de GGUF, que ya no se admite. Conviene buscar un archivo más reciente.</translation>
    </message>
    <message>
        <source>{name} is of GGUF version {version}, which this app does not know.</source>
        <translation>{name} es de la versión {version} de GGUF, que esta aplicación no conoce.</translation>
    </message>
    <message>
        <source>{name} is of the architecture {architecture}, which this version of the engine does not know.</source>
        <translation>{name} es de la arquitectura {architecture}, que esta versión del motor no conoce.</translation>
    </message>
    <message>
        <source>{name} is one of {count} parts, and its name does not say which. Give the parts their names back.</source>
        <translation>{name} es una de {count} partes, y su nombre no dice cuál. Hay que devolver a las partes sus nombres.</translation>
    </message>
    <message>
        <source>{name} is one of {count} parts, and {part} is not beside it.</source>
        <translation>{name} es una de {count} partes, y {part} no está a su lado.</translation>
    </message>
    <message>
        <source>{name} is one part of a model in several files. Choose its first part.</source>
        <translation>{name} es una parte de un modelo en varios archivos. Hay que elegir la primera.</translation>
    </message>
    <message>
        <source>{name} is the vision part of another model. Import that model&apos;s file instead.</source>
        <translation>{name} es la parte de visión de otro modelo. Hay que importar el archivo de ese modelo.</translation>
    </message>
    <message>
        <source>{name} is the vision part of another model. Open that model&apos;s file instead.</source>
        <translation>{name} es la parte visual de otro modelo. Hay que abrir el archivo de ese modelo.</translation>
    </message>
    <message>
        <source>{name} is too large: {size}, and {most} at most are counted here.</source>
        <translation>{name} es demasiado grande: {size}; aquí se cuentan {most} como máximo.</translation>
    </message>
    <message>
        <source>{name} keeps changing on the server while it is fetched. Try again later.</source>
        <translation>{name} cambia una y otra vez en el servidor durante la descarga. Conviene intentarlo más tarde.</translation>
    </message>
    <message>
        <source>{name} lies in the models folder, so it stays in the list while its files are there.</source>
        <translation>{name} está en la carpeta de modelos; sigue en la lista mientras sus archivos estén allí.</translation>
    </message>
    <message>
        <source>{name} makes embeddings and cannot write replies. Choose a chat model.</source>
        <translation>{name} calcula embeddings y no puede escribir respuestas. Es necesario elegir un modelo de chat.</translation>
    </message>
    <message>
        <source>{name} makes the engine crash, so it was not loaded. The file may be damaged: download it again, or choose another model.</source>
        <translation>{name} hace fallar el motor, por lo que no se ha cargado. El archivo puede estar dañado: conviene descargarlo de nuevo o elegir otro modelo.</translation>
    </message>
    <message>
        <source>{name} must end in .csv, .png or .svg.</source>
        <translation>{name} debe terminar en .csv, .png o .svg.</translation>
    </message>
    <message>
        <source>{name} needs {needs}, and {missing} of that are missing in memory. Choose a shorter context or a smaller model, or close other programs.</source>
        <translation>{name} necesita {needs}, y de eso faltan {missing} en la memoria. Se puede elegir un contexto más corto o un modelo más pequeño, o cerrar otros programas.</translation>
    </message>
    <message>
        <source>{name} needs {needs}, and {missing} of that are missing on {device}. Choose fewer layers on it, a shorter context or a smaller model.</source>
        <translation>{name} necesita {needs}, y de eso faltan {missing} en {device}. Se pueden elegir menos capas en ese dispositivo, un contexto más corto o un modelo más pequeño.</translation>
    </message>
    <message>
        <source>{name} was changed since the bundle was signed.</source>
        <translation>{name} cambió después de firmarse el paquete.</translation>
    </message>
    <message>
        <source>{name} was changed while it was being checked. Try again.</source>
        <translation>{name} cambió mientras se comprobaba. Conviene intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>{name} was changed while the bundle was opened.</source>
        <translation>{name} cambió mientras se abría el paquete.</translation>
    </message>
    <message>
        <source>{name} was made for big-endian computers and cannot be used here.</source>
        <translation>{name} se hizo para equipos big-endian y no se puede usar aquí.</translation>
    </message>
    <message>
        <source>{name} was not fetched.</source>
        <translation>{name} no se descargó.</translation>
    </message>
    <message>
        <source>{name} was not loaded: it takes far more memory than its size explains. The file may be damaged.</source>
        <translation>{name} no se ha cargado: ocupa mucha más memoria de la que explica su tamaño. El archivo puede estar dañado.</translation>
    </message>
    <message>
        <source>{name} was not loaded: trying it took longer than {seconds} seconds.</source>
        <translation>{name} no se ha cargado: probarlo ha tardado más de {seconds} segundos.</translation>
    </message>
    <message>
        <source>{name} writes replies and makes no embeddings. Choose an embedding model.</source>
        <translation>{name} escribe respuestas y no calcula embeddings. Es necesario elegir un modelo de embeddings.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>No se puede leer {path}: {reason}.</translation>
    </message>
    <message>
        <source>{path} could not be deleted: {reason}.</source>
        <translation>No se pudo borrar {path}: {reason}.</translation>
    </message>
    <message>
        <source>{path} could not be recorded: {reason}.</source>
        <translation>No se pudo registrar {path}: {reason}.</translation>
    </message>
    <message>
        <source>{path} could not be written: {reason}.</source>
        <translation>No se pudo escribir {path}: {reason}.</translation>
    </message>
    <message>
        <source>{path} is a folder, not a model file.</source>
        <translation>{path} es una carpeta, no un archivo de modelo.</translation>
    </message>
    <message>
        <source>{path} is damaged. Install the app again.</source>
        <translation>{path} está dañado. Hay que instalar la aplicación de nuevo.</translation>
    </message>
    <message>
        <source>{path} is missing from this installation. Install the app again.</source>
        <translation>{path} falta en esta instalación. Hay que instalar la aplicación de nuevo.</translation>
    </message>
    <message>
        <source>{path} is no public key in PEM form.</source>
        <translation>{path} no es una clave pública en formato PEM.</translation>
    </message>
    <message>
        <source>{path} is no secret key in PEM form.</source>
        <translation>{path} no es una clave secreta en formato PEM.</translation>
    </message>
    <message>
        <source>{path} is there already; keys are never overwritten.</source>
        <translation>{path} ya existe; las claves nunca se sobrescriben.</translation>
    </message>
    <message>
        <source>{reason} Or keep keys in a file: --key-file FILE</source>
        <translation>{reason} O bien, las claves se guardan en un archivo: --key-file ARCHIVO</translation>
    </message>
    <message>
        <source>{repo} has no file {name} any more. Search for the model instead.</source>
        <translation>{repo} ya no tiene ningún archivo {name}. Se puede buscar el modelo.</translation>
    </message>
    <message>
        <source>{repo} has no {quantization}; it has: {known}.</source>
        <translation>{repo} no tiene {quantization}; tiene: {known}.</translation>
    </message>
</context>
<context>
    <name>finding_text</name>
    <message>
        <source>Load it differently…</source>
        <translation>Cargarlo de otro modo…</translation>
    </message>
    <message>
        <source>Show the models</source>
        <translation>Ver los modelos</translation>
    </message>
    <message>
        <source>Open the settings</source>
        <translation>Abrir los ajustes</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>Medir de nuevo</translation>
    </message>
    <message>
        <source>its power limit</source>
        <translation>su límite de potencia</translation>
    </message>
    <message>
        <source>heat</source>
        <translation>el calor</translation>
    </message>
    <message>
        <source>its power supply</source>
        <translation>su alimentación</translation>
    </message>
    <message>
        <source>its own protection</source>
        <translation>su propia protección</translation>
    </message>
    <message>
        <source>Let air to the computer, and clean its fans.</source>
        <translation>Conviene que le llegue aire al equipo y limpiar sus ventiladores.</translation>
    </message>
    <message>
        <source>Raise the card&apos;s power limit, or accept this speed.</source>
        <translation>Se puede subir el límite de potencia de la tarjeta o aceptar esta velocidad.</translation>
    </message>
    <message>
        <source>Check the card&apos;s power cables and the power supply.</source>
        <translation>Conviene revisar los cables de la tarjeta y la fuente de alimentación.</translation>
    </message>
    <message>
        <source>{gpu} dropped to {clock} at {temperature}, held back by {reason}.</source>
        <translation>{gpu} bajó a {clock} a {temperature}; la frena {reason}.</translation>
    </message>
    <message>
        <source>{gpu} dropped to {clock}, held back by {reason}.</source>
        <translation>{gpu} bajó a {clock}; la frena {reason}.</translation>
    </message>
    <message>
        <source>{gpu} is held back by {reason}.</source>
        <translation>A {gpu} la frena {reason}.</translation>
    </message>
    <message>
        <source>{model} is slow because {n} of {all} layers run on the processor.</source>
        <translation>{model} va lento porque {n} de {all} capas se calculan en el procesador.</translation>
    </message>
    <message>
        <source>A smaller model, a shorter context or a smaller number format for the conversation (q8_0) lets all layers fit on the graphics card.</source>
        <translation>Con un modelo más pequeño, un contexto más corto o menos precisión en la memoria de la conversación (q8_0) caben todas las capas en la tarjeta gráfica.</translation>
    </message>
    <message>
        <source>Other programs use {size} of the memory of {gpu}.</source>
        <translation>Otros programas usan {size} de la memoria de {gpu}.</translation>
    </message>
    <message>
        <source>Close them, then load the model again.</source>
        <translation>Conviene cerrarlos y cargar de nuevo el modelo.</translation>
    </message>
    <message>
        <source>The computer runs on its battery ({share}).</source>
        <translation>El equipo funciona con la batería ({share}).</translation>
    </message>
    <message>
        <source>The computer runs on its battery.</source>
        <translation>El equipo funciona con la batería.</translation>
    </message>
    <message>
        <source>Plug it in for full speed.</source>
        <translation>Enchufado alcanza toda su velocidad.</translation>
    </message>
    <message>
        <source>The prompt was long: {n} tokens, {share} of the reply&apos;s time.</source>
        <translation>La entrada era larga: {n} tokens, el {share} del tiempo de la respuesta.</translation>
    </message>
    <message>
        <source>Shorten it, or begin a new conversation; what stays the same is read only once.</source>
        <translation>Conviene acortarla o empezar otra conversación; lo que no cambia se lee una sola vez.</translation>
    </message>
    <message>
        <source>A long prompt is being read: {n} tokens are left, for about {time}.</source>
        <translation>Se está leyendo una entrada larga: faltan {n} tokens, unos {time}.</translation>
    </message>
    <message>
        <source>A long prompt is being read: {n} tokens are left.</source>
        <translation>Se está leyendo una entrada larga: faltan {n} tokens.</translation>
    </message>
    <message>
        <source>The reply begins when it is read.</source>
        <translation>La respuesta empieza cuando se haya leído.</translation>
    </message>
    <message>
        <source>Memory is nearly full ({free} free), and the system is swapping.</source>
        <translation>La memoria está casi llena ({free} libres) y el sistema usa el disco en su lugar (swap).</translation>
    </message>
    <message>
        <source>Memory is nearly full: {free} are free, this program uses {app}.</source>
        <translation>La memoria está casi llena: quedan {free} libres y este programa usa {app}.</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model or a shorter context.</source>
        <translation>Conviene cerrar otros programas, o elegir un modelo más pequeño o un contexto más corto.</translation>
    </message>
    <message>
        <source>The model is read from the disk again and again ({rate}).</source>
        <translation>El modelo se lee del disco una y otra vez ({rate}).</translation>
    </message>
    <message>
        <source>Close other programs, or choose a model that fits into memory.</source>
        <translation>Conviene cerrar otros programas o elegir un modelo que quepa en la memoria.</translation>
    </message>
    <message>
        <source>Other programs use {share} of the processor.</source>
        <translation>Otros programas usan el {share} del procesador.</translation>
    </message>
    <message>
        <source>Close what is not needed, or wait until it is done.</source>
        <translation>Conviene cerrar lo que no haga falta o esperar a que termine.</translation>
    </message>
    <message>
        <source>The processor is at {temperature} and slows itself down.</source>
        <translation>El procesador está a {temperature} y se frena a sí mismo.</translation>
    </message>
    <message>
        <source>Let air to the computer, or use fewer threads.</source>
        <translation>Conviene que le llegue aire al equipo o usar menos hilos.</translation>
    </message>
    <message>
        <source>Requests wait for a place: {waiting} wait while {model} writes {running}.</source>
        <translation>Hay peticiones a la espera de un sitio: esperan {waiting} mientras {model} escribe {running}.</translation>
    </message>
    <message>
        <source>Allow more replies at once in the settings, or ask less at once.</source>
        <translation>Se pueden permitir más respuestas a la vez en los ajustes, o preguntar menos a la vez.</translation>
    </message>
    <message>
        <source>{model} writes {n} replies at once, so each is slower.</source>
        <translation>{model} escribe {n} respuestas a la vez, así que cada una va más lenta.</translation>
    </message>
    <message>
        <source>Each is faster when fewer run.</source>
        <translation>Cada una va más rápida cuando hay menos.</translation>
    </message>
    <message>
        <source>{model} writes {speed} tokens/s; {low} to {high} were predicted.</source>
        <translation>{model} escribe {speed} tokens/s; se predijeron de {low} a {high}.</translation>
    </message>
    <message>
        <source>See what else is found here; else measure this computer again.</source>
        <translation>Conviene ver qué más se dice aquí; si no, medir de nuevo este equipo.</translation>
    </message>
    <message>
        <source>The disk of the models is nearly full: {size} are free.</source>
        <translation>El disco de los modelos está casi lleno: quedan {size} libres.</translation>
    </message>
    <message>
        <source>Remove models that are not needed, or make room.</source>
        <translation>Conviene quitar los modelos que no hagan falta o hacer sitio.</translation>
    </message>
</context>
<context>
    <name>fit_text</name>
    <message>
        <source>RAM</source>
        <translation>la RAM</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Cabe</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>No cabe</translation>
    </message>
    <message>
        <source>takes {size} of memory</source>
        <translation>ocupa {size} de memoria</translation>
    </message>
    <message>
        <source>{size} missing in {place}</source>
        <translation>faltan {size} en {place}</translation>
    </message>
    <message>
        <source>Exact: the engine&apos;s own plan</source>
        <translation>Exacto: plan del propio motor</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>Estimación</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} a {high}</translation>
    </message>
    <message>
        <source>about {rate}{space}tokens/s</source>
        <translation>unos {rate}{space}tokens/s</translation>
    </message>
    <message>
        <source>first word of a question of {n} tokens after {time}</source>
        <translation>primera palabra para una pregunta de {n} tokens a los {time}</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exacto</translation>
    </message>
    <message>
        <source>estimate</source>
        <translation>estimación</translation>
    </message>
    <message>
        <source>Close other programs, so that {size} more becomes free</source>
        <translation>Cerrar otros programas, para que queden libres {size} más</translation>
    </message>
    <message>
        <source>Half the memory for the conversation (KV cache q8_0): replies hardly change</source>
        <translation>La mitad de memoria para la conversación (caché KV q8_0): las respuestas apenas cambian</translation>
    </message>
    <message>
        <source>Without the draft model: the same replies, but slower</source>
        <translation>Sin el modelo de borrador: las mismas respuestas, pero más lentas</translation>
    </message>
    <message>
        <source>Without the vision part: the model sees no pictures</source>
        <translation>Sin la parte de visión: el modelo no ve imágenes</translation>
    </message>
    <message>
        <source>One conversation at a time</source>
        <translation>Una sola conversación a la vez</translation>
    </message>
    <message>
        <source>{layers} layers on the graphics card, the rest in RAM: slower</source>
        <translation>{layers} capas en la tarjeta gráfica y el resto en la RAM: más lento</translation>
    </message>
    <message>
        <source>A shorter conversation: {tokens} tokens (context)</source>
        <translation>Una conversación más corta: {tokens} tokens (contexto)</translation>
    </message>
    <message>
        <source>A smaller file of the same model: {quantization}</source>
        <translation>Un archivo menor del mismo modelo: {quantization}</translation>
    </message>
    <message>
        <source>Together: {parts}</source>
        <translation>Todo junto: {parts}</translation>
    </message>
    <message>
        <source>enough</source>
        <translation>suficiente</translation>
    </message>
    <message>
        <source>not enough alone</source>
        <translation>por sí solo no basta</translation>
    </message>
    <message>
        <source>saves {size}</source>
        <translation>ahorra {size}</translation>
    </message>
    <message>
        <source>exact (f16)</source>
        <translation>exacta (f16)</translation>
    </message>
    <message>
        <source>half the memory (q8_0)</source>
        <translation>la mitad de memoria (q8_0)</translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation>{n} tokens de contexto</translation>
    </message>
    <message>
        <source>KV cache {kind}</source>
        <translation>caché KV {kind}</translation>
    </message>
    <message>
        <source>one conversation at a time</source>
        <translation>una sola conversación a la vez</translation>
    </message>
    <message>
        <source>{n} layers on the graphics card</source>
        <translation>{n} capas en la tarjeta gráfica</translation>
    </message>
</context>
<context>
    <name>gpu_tiles</name>
    <message>
        <source>Busy</source>
        <translation>Ocupación</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Potencia</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Reloj</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Cálculo</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>Otros</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>of {total}; what others use is not told</source>
        <translation>de {total}; no se sabe cuánto usan otros</translation>
    </message>
    <message>
        <source>{free} free of {total}</source>
        <translation>{free} libres de {total}</translation>
    </message>
    <message>
        <source>held back by {reasons}</source>
        <translation>la frena {reasons}</translation>
    </message>
    <message>
        <source>limit {power}</source>
        <translation>límite {power}</translation>
    </message>
    <message>
        <source>at most {clock}</source>
        <translation>{clock} como máximo</translation>
    </message>
</context>
<context>
    <name>hint_text</name>
    <message>
        <source>saves {tokens}</source>
        <translation>ahorra {tokens}</translation>
    </message>
    <message>
        <source>Spaces at line ends ({n}) can go.</source>
        <translation>Se pueden quitar los espacios al final de las líneas ({n}).</translation>
    </message>
    <message>
        <source>One space instead of several, or of a tab ({n}).</source>
        <translation>Un espacio en lugar de varios o de un tabulador ({n}).</translation>
    </message>
    <message>
        <source>One empty line instead of several ({n}).</source>
        <translation>Una línea vacía en lugar de varias ({n}).</translation>
    </message>
    <message>
        <source>Repeated lines, such as headers of pages, once only ({n}).</source>
        <translation>Las líneas repetidas, como los encabezados de página, una sola vez ({n}).</translation>
    </message>
    <message>
        <source>Long decimals rounded to two places ({n}).</source>
        <translation>Los decimales largos, redondeados a dos cifras ({n}).</translation>
    </message>
    <message>
        <source>Invisible characters ({n}) can go.</source>
        <translation>Se pueden quitar los caracteres invisibles ({n}).</translation>
    </message>
    <message>
        <source>Full-width characters ({n}) in the ordinary width.</source>
        <translation>Los caracteres de ancho completo ({n}), en el ancho normal.</translation>
    </message>
    <message>
        <source>Ordinary spaces instead of special ones ({n}).</source>
        <translation>Espacios normales en lugar de especiales ({n}).</translation>
    </message>
    <message>
        <source>Plain letters instead of styled ones: bold, ligatures, circled ({n}).</source>
        <translation>Letras sencillas en lugar de estilizadas: negritas, ligaduras, en círculo ({n}).</translation>
    </message>
    <message>
        <source>Accented letters ({n}) as one character each.</source>
        <translation>Las letras con acento ({n}), como un solo carácter.</translation>
    </message>
</context>
<context>
    <name>hub_text</name>
    <message>
        <source>{n} tokens of context</source>
        <translation>{n} tokens de contexto</translation>
    </message>
    <message>
        <source>{n} downloads in a month</source>
        <translation>{n} descargas en un mes</translation>
    </message>
    <message>
        <source>changed {age}</source>
        <translation>modificado {age}</translation>
    </message>
    <message>
        <source>licence not named</source>
        <translation>licencia no indicada</translation>
    </message>
    <message>
        <source>licence {name}</source>
        <translation>licencia {name}</translation>
    </message>
    <message>
        <source>{n} parameters</source>
        <translation>{n} parámetros</translation>
    </message>
    <message>
        <source>{n} thousand</source>
        <translation>{n} mil</translation>
    </message>
    <message>
        <source>{n} million</source>
        <translation>{n} millones de</translation>
    </message>
    <message>
        <source>today</source>
        <translation>hoy</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>ayer</translation>
    </message>
    <message>
        <source>{n} days ago</source>
        <translation>hace {n} días</translation>
    </message>
    <message>
        <source>{n} months ago</source>
        <translation>hace {n} meses</translation>
    </message>
    <message>
        <source>{n} years ago</source>
        <translation>hace {n} años</translation>
    </message>
    <message>
        <source>not named by the publisher</source>
        <translation>no indicada por quien lo publica</translation>
    </message>
    <message>
        <source>{licence} (its text is in the file {file})</source>
        <translation>{licence} (su texto está en el archivo {file})</translation>
    </message>
    <message>
        <source>Publisher</source>
        <translation>Publicado por</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versión</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Uso</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} archivos</translation>
    </message>
    <message>
        <source>commit {commit}</source>
        <translation>commit {commit}</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation>d &apos;de&apos; MMMM &apos;de&apos; yyyy</translation>
    </message>
    <message>
        <source>{commit} of {day}</source>
        <translation>{commit} del {day}</translation>
    </message>
</context>
<context>
    <name>ledger_table</name>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Look at a model</source>
        <translation>Ver un modelo</translation>
    </message>
    <message>
        <source>Beginning of a file</source>
        <translation>Principio de un archivo</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Look for an update</source>
        <translation>Buscar una actualización</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>Token de acceso</translation>
    </message>
    <message>
        <source>Refused: offline mode</source>
        <translation>Denegado: modo sin conexión</translation>
    </message>
    <message>
        <source>Refused: not encrypted</source>
        <translation>Denegado: sin cifrar</translation>
    </message>
    <message>
        <source>Allowed, no answer</source>
        <translation>Permitido, sin respuesta</translation>
    </message>
    <message>
        <source>Allowed, error {status}</source>
        <translation>Permitido, error {status}</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>Permitido</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Cuándo</translation>
    </message>
    <message>
        <source>What for</source>
        <translation>Para qué</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Servidor</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Recibido</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
    </message>
</context>
<context>
    <name>machine_text</name>
    <message>
        <source>{cores} ({fast} fast, {slow} economical)</source>
        <extracomment>The first of these that was measured stands for the rest: most people&apos;s models have such weights.</extracomment>
        <translation>{cores} ({fast} rápidos, {slow} de bajo consumo)</translation>
    </message>
    <message>
        <source>{n} threads</source>
        <translation>{n} hilos</translation>
    </message>
    <message>
        <source>limited to {n} by a container</source>
        <translation>un contenedor lo limita a {n}</translation>
    </message>
    <message>
        <source>1 core</source>
        <translation>1 núcleo</translation>
    </message>
    <message>
        <source>{n} cores</source>
        <translation>{n} núcleos</translation>
    </message>
    <message>
        <source>The engine uses these instruction sets: {names}</source>
        <translation>El motor usa estos conjuntos de instrucciones: {names}</translation>
    </message>
    <message>
        <source>Unknown processor</source>
        <translation>Procesador desconocido</translation>
    </message>
    <message>
        <source>{total} · {free} available now</source>
        <translation>{total} · {free} disponibles ahora</translation>
    </message>
    <message>
        <source>a limit set by a container</source>
        <translation>un límite puesto por un contenedor</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>No se sabe</translation>
    </message>
    <message>
        <source>{name} · {free} of {total} free</source>
        <translation>{name} · {free} de {total} libres</translation>
    </message>
    <message>
        <source>shares the computer&apos;s memory</source>
        <translation>comparte la memoria del equipo</translation>
    </message>
    <message>
        <source>Driver {version}</source>
        <translation>Controlador {version}</translation>
    </message>
    <message>
        <source>{percent} busy</source>
        <translation>ocupado al {percent}</translation>
    </message>
    <message>
        <source>This engine was built without support for it, so it is not used.</source>
        <extracomment>What the hardware room says, in the order of `_problem_sentences` (devices.py, nvidia.py, child.py).</extracomment>
        <translation>Este motor se compiló sin compatibilidad con él, así que no se usa.</translation>
    </message>
    <message>
        <source>Its driver is not installed or does not answer, so it is not used.</source>
        <translation>Su controlador no está instalado o no responde, así que no se usa.</translation>
    </message>
    <message>
        <source>It reports no memory, so it is not used.</source>
        <translation>No informa de ninguna memoria, así que no se usa.</translation>
    </message>
    <message>
        <source>It is the same card as {name}, which is used.</source>
        <translation>Es la misma tarjeta que {name}, que sí se usa.</translation>
    </message>
    <message>
        <source>The engine uses {name} instead.</source>
        <translation>El motor usa {name} en su lugar.</translation>
    </message>
    <message>
        <source>It did not answer: {name}.</source>
        <translation>No respondió: {name}.</translation>
    </message>
    <message>
        <source>The engine cannot list this machine&apos;s devices: a graphics driver may be broken.</source>
        <translation>El motor no puede enumerar los dispositivos de este equipo: puede que un controlador gráfico esté dañado.</translation>
    </message>
    <message>
        <source>{size} free where models are kept</source>
        <translation>{size} libres donde se guardan los modelos</translation>
    </message>
    <message>
        <source>From the mains</source>
        <translation>De la red eléctrica</translation>
    </message>
    <message>
        <source>From the battery</source>
        <translation>De la batería</translation>
    </message>
    <message>
        <source>battery at {percent}</source>
        <translation>batería al {percent}</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <comment>a date</comment>
        <translation>d &apos;de&apos; MMMM &apos;de&apos; yyyy</translation>
    </message>
    <message>
        <source>Measured on {date}.</source>
        <translation>Medido el {date}.</translation>
    </message>
    <message>
        <source>Other programs used {percent} of the processor meanwhile, so the figures are too low. It is best measured again when the computer is quiet.</source>
        <translation>Entretanto otros programas usaron el {percent} del procesador, así que las cifras son demasiado bajas. Conviene medir de nuevo cuando el equipo esté tranquilo.</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Procesador</translation>
    </message>
    <message>
        <source>{bandwidth} of memory for replies · {arithmetic} for questions</source>
        <translation>{bandwidth} de memoria para respuestas · {arithmetic} para preguntas</translation>
    </message>
</context>
<context>
    <name>machine_tiles</name>
    <message>
        <source>Processor</source>
        <translation>Procesador</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Todo</translation>
    </message>
    <message>
        <source>This program</source>
        <translation>Este programa</translation>
    </message>
    <message>
        <source>Temperature of the processor</source>
        <translation>Temperatura del procesador</translation>
    </message>
    <message>
        <source>Memory (RAM)</source>
        <translation>Memoria (RAM)</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>Otros</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Swap</translation>
    </message>
    <message>
        <source>Disks</source>
        <translation>Discos</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Leído</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>Escrito</translation>
    </message>
    <message>
        <source>{free} free of {total}</source>
        <translation>{free} libres de {total}</translation>
    </message>
    <message>
        <source>traffic {rate}</source>
        <translation>tráfico {rate}</translation>
    </message>
    <message>
        <source>disk of the models</source>
        <translation>disco de los modelos</translation>
    </message>
</context>
<context>
    <name>model_facts</name>
    <message>
        <source>{n} billion parameters</source>
        <translation>{n} mil millones de parámetros</translation>
    </message>
    <message>
        <source>{n} million parameters</source>
        <translation>{n} millones de parámetros</translation>
    </message>
    <message>
        <source>trained with up to {n} tokens</source>
        <translation>entrenado con hasta {n} tokens</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notas</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Procedencia</translation>
    </message>
    <message>
        <source>Version (commit)</source>
        <translation>Versión (commit)</translation>
    </message>
    <message>
        <source>Licence, as its source names it</source>
        <translation>Licencia, como la nombra su procedencia</translation>
    </message>
    <message>
        <source>Read and compared</source>
        <translation>Leído y comparado</translation>
    </message>
    <message>
        <source>Loaded in its own way</source>
        <translation>Se carga a su manera</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>aún no se conoce</translation>
    </message>
    <message>
        <source>SHA-256 of {name}</source>
        <translation>SHA-256 de {name}</translation>
    </message>
    <message>
        <source>Memory in all</source>
        <translation>Memoria en total</translation>
    </message>
    <message>
        <source>Writing a reply</source>
        <translation>Escribir una respuesta</translation>
    </message>
    <message>
        <source>Reading a question</source>
        <translation>Leer una pregunta</translation>
    </message>
    <message>
        <source>with {n} tokens of context, KV cache {kind}</source>
        <translation>con {n} tokens de contexto, caché KV {kind}</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>sí</translation>
    </message>
    <message>
        <source>no</source>
        <translation>no</translation>
    </message>
    <message>
        <source>Name in the file</source>
        <translation>Nombre en el archivo</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Arquitectura</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parámetros</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>Cuantización</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits por peso</translation>
    </message>
    <message>
        <source>Context trained, in tokens</source>
        <translation>Contexto entrenado, en tokens</translation>
    </message>
    <message>
        <source>Context stretched (rope scaling)</source>
        <translation>Contexto ampliado (escalado RoPE)</translation>
    </message>
    <message>
        <source>Sliding window, in tokens</source>
        <translation>Ventana deslizante, en tokens</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Capas</translation>
    </message>
    <message>
        <source>Attention heads (for keys and values)</source>
        <translation>Cabezas de atención (para claves y valores)</translation>
    </message>
    <message>
        <source>Experts (used at once)</source>
        <translation>Expertos (usados a la vez)</translation>
    </message>
    <message>
        <source>Vocabulary, in tokens</source>
        <translation>Vocabulario, en tokens</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>Plantilla de conversación</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>Partes</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>todavía no</translation>
    </message>
    <message>
        <source>context {value}</source>
        <translation>contexto {value}</translation>
    </message>
    <message>
        <source>{value} conversations at the same time</source>
        <translation>{value} conversaciones a la vez</translation>
    </message>
    <message>
        <source>KV cache {value}</source>
        <translation>caché KV {value}</translation>
    </message>
    <message>
        <source>{value} layers on the graphics card</source>
        <translation>{value} capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>The model itself (weights)</source>
        <translation>El modelo en sí (pesos)</translation>
    </message>
    <message>
        <source>The conversation (KV cache)</source>
        <translation>La conversación (caché KV)</translation>
    </message>
    <message>
        <source>Computing (buffers)</source>
        <translation>Cálculo (búferes)</translation>
    </message>
    <message>
        <source>{low} to {high}{space}tokens/s</source>
        <translation>{low} a {high}{space}tokens/s</translation>
    </message>
    <message>
        <source>{n}{space}tokens/s</source>
        <translation>{n}{space}tokens/s</translation>
    </message>
    <message>
        <source>in the range</source>
        <translation>dentro del margen</translation>
    </message>
    <message>
        <source>outside</source>
        <translation>fuera</translation>
    </message>
</context>
<context>
    <name>model_text</name>
    <message>
        <source>built-in, for trying</source>
        <extracomment>Quantizations as file names carry them: Q4_K_M, IQ3_XXS, Q8_0, BF16, MXFP4 …</extracomment>
        <translation>incluido, para probar</translation>
    </message>
</context>
<context>
    <name>monitor_units</name>
    <message>
        <source>{n} tokens/s</source>
        <translation>{n} tokens/s</translation>
    </message>
</context>
<context>
    <name>network_checks</name>
    <message>
        <source>The usual hub: {host}</source>
        <translation>El hub habitual: {host}</translation>
    </message>
    <message>
        <source>This is no address. It begins with https:// and a host, as {usual}. It was not kept.</source>
        <translation>Esto no es una dirección. Empieza por https:// y un servidor, como {usual}. No se ha guardado.</translation>
    </message>
    <message>
        <source>Models are searched and fetched at {host}, and the connection is not encrypted: others on the way can read it, an access token too.</source>
        <translation>Los modelos se buscan y se descargan en {host} y la conexión no está cifrada: puede leerla cualquiera en el camino, también un token de acceso.</translation>
    </message>
    <message>
        <source>Models are searched and fetched at {host}, which is not the usual hub: it has to be trusted.</source>
        <translation>Los modelos se buscan y se descargan en {host}, que no es el hub habitual: tiene que ser de confianza.</translation>
    </message>
    <message>
        <source>As the system says.</source>
        <translation>Lo que diga el sistema.</translation>
    </message>
    <message>
        <source>No proxy, whatever the system says.</source>
        <translation>Sin proxy, diga lo que diga el sistema.</translation>
    </message>
    <message>
        <source>This is no proxy&apos;s address. It looks like http://proxy:3128; empty is as the system says, none is no proxy. It was not kept.</source>
        <translation>Esto no es la dirección de un proxy. Es como http://proxy:3128; vacío es lo que diga el sistema y none es sin proxy. No se ha guardado.</translation>
    </message>
    <message>
        <source>User name and password have fields of their own below. The address was not kept.</source>
        <translation>El usuario y la contraseña tienen sus propios campos más abajo. La dirección no se ha guardado.</translation>
    </message>
    <message>
        <source>Through {host}.</source>
        <translation>A través de {host}.</translation>
    </message>
    <message>
        <source>Sent to the proxy only.</source>
        <translation>Solo se envía al proxy.</translation>
    </message>
    <message>
        <source>No user name is sent.</source>
        <translation>No se envía ningún usuario.</translation>
    </message>
    <message>
        <source>All go through the proxy.</source>
        <translation>Todas pasan por el proxy.</translation>
    </message>
    <message>
        <source>Reached directly.</source>
        <translation>Sin pasar por el proxy.</translation>
    </message>
    <message>
        <source>The system&apos;s certificates alone.</source>
        <translation>Solo los certificados del sistema.</translation>
    </message>
    <message>
        <source>The file holds no certificates (PEM). It was not kept.</source>
        <translation>El archivo no contiene certificados (PEM). No se ha guardado.</translation>
    </message>
    <message>
        <source>There is no such file that could be read. It was not kept.</source>
        <translation>No hay un archivo así que se pueda leer. No se ha guardado.</translation>
    </message>
    <message>
        <source>Trusted beside the system&apos;s certificates.</source>
        <translation>De confianza junto a los del sistema.</translation>
    </message>
    <message>
        <source>The usual place.</source>
        <translation>El lugar habitual.</translation>
    </message>
    <message>
        <source>The folder&apos;s whole path is needed. It was not kept.</source>
        <translation>Hace falta la ruta completa de la carpeta. No se ha guardado.</translation>
    </message>
    <message>
        <source>This is a file and no folder. It was not kept.</source>
        <translation>Esto es un archivo y no una carpeta. No se ha guardado.</translation>
    </message>
    <message>
        <source>From the next start on. Models that are elsewhere stay there.</source>
        <translation>Desde el próximo inicio. Los modelos que están en otro lugar se quedan allí.</translation>
    </message>
</context>
<context>
    <name>piece_words</name>
    <message>
        <source>“{text}”</source>
        <extracomment>Bytes of a piece that are written out.</extracomment>
        <translation>«{text}»</translation>
    </message>
    <message>
        <source>token {id}</source>
        <translation>token {id}</translation>
    </message>
    <message>
        <source>no. {n}</source>
        <translation>n.º {n}</translation>
    </message>
    <message>
        <source>bytes {first} to {last}</source>
        <translation>bytes {first} a {last}</translation>
    </message>
    <message>
        <source>control token</source>
        <translation>token de control</translation>
    </message>
    <message>
        <source>not in the vocabulary</source>
        <translation>fuera del vocabulario</translation>
    </message>
    <message>
        <source>part of {character}</source>
        <translation>parte de {character}</translation>
    </message>
    <message>
        <source>part of a character</source>
        <translation>parte de un carácter</translation>
    </message>
</context>
<context>
    <name>prompt_words</name>
    <message>
        <source>Instructions</source>
        <translation>Instrucciones</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Usuario</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Respuesta</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Herramienta</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Herramientas</translation>
    </message>
    <message>
        <source>Added by the template</source>
        <translation>Lo que añade la plantilla</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Proporción</translation>
    </message>
    <message>
        <source>{message} (left out by the template)</source>
        <translation>{message} (la plantilla lo omite)</translation>
    </message>
    <message>
        <source>{message} (without its reasoning)</source>
        <translation>{message} (sin su razonamiento)</translation>
    </message>
    <message>
        <source>{tokens} tokens, {special} of them control tokens</source>
        <translation>{tokens} tokens, {special} de ellos de control</translation>
    </message>
    <message>
        <source>the template adds {tokens} ({share})</source>
        <translation>la plantilla añade {tokens} ({share})</translation>
    </message>
    <message>
        <source>{share} of a context of {tokens}</source>
        <translation>{share} de un contexto de {tokens}</translation>
    </message>
    <message>
        <source>This file has no chat template of its own: ChatML takes its place.</source>
        <translation>Este archivo no tiene plantilla de chat propia: la sustituye ChatML.</translation>
    </message>
    <message>
        <source>ChatML takes the place of its own template. {reason}</source>
        <translation>ChatML sustituye a su propia plantilla. {reason}</translation>
    </message>
    <message>
        <source>This is more than the context holds.</source>
        <translation>Es más de lo que cabe en el contexto.</translation>
    </message>
    <message>
        <source>Token {place} · id {id} · {piece}</source>
        <translation>Token {place} · id {id} · {piece}</translation>
    </message>
    <message>
        <source>control token</source>
        <translation>token de control</translation>
    </message>
</context>
<context>
    <name>recommend_text</name>
    <message>
        <source>Fits</source>
        <translation>Cabe</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>No cabe</translation>
    </message>
    <message>
        <source>Fits, with little to spare</source>
        <translation>Cabe, muy justo</translation>
    </message>
    <message>
        <source>Fits with less memory for the conversation</source>
        <translation>Cabe con menos memoria para la conversación</translation>
    </message>
    <message>
        <source>Fits, but not on the graphics card</source>
        <translation>Cabe, pero no en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Fits, partly on the graphics card</source>
        <translation>Cabe, en parte en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>General use</source>
        <translation>Uso general</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Español</translation>
    </message>
    <message>
        <source>Program code</source>
        <translation>Código de programas</translation>
    </message>
    <message>
        <source>Long documents</source>
        <translation>Documentos largos</translation>
    </message>
    <message>
        <source>As small as possible</source>
        <translation>Lo más pequeño posible</translation>
    </message>
    <message>
        <source>Search and comparison (embeddings)</source>
        <translation>Búsqueda y comparación (embeddings)</translation>
    </message>
    <message>
        <source>{n} tokens of context</source>
        <translation>{n} tokens de contexto</translation>
    </message>
    <message>
        <source>licence {name}</source>
        <translation>licencia {name}</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>unos {size}</translation>
    </message>
    <message>
        <source>The next better, {name}, {needs}.</source>
        <translation>El siguiente mejor, {name}, {needs}.</translation>
    </message>
    <message>
        <source>Number {rank} of {all} in tests of writing code.</source>
        <translation>Número {rank} de {all} en pruebas de escritura de código.</translation>
    </message>
    <message>
        <source>The file&apos;s {quantization} costs {points} of them.</source>
        <translation>La cuantización {quantization} del archivo cuesta {points} de ellos.</translation>
    </message>
    <message>
        <source>No test result of it is known here.</source>
        <translation>Aquí no se conoce ningún resultado de pruebas suyo.</translation>
    </message>
    <message>
        <source>About {points} points, guessed from its size and age: no test of it is known.</source>
        <translation>Unos {points} puntos, deducidos de su tamaño y su edad: no se conoce ninguna prueba suya.</translation>
    </message>
    <message>
        <source>{points} points in a test of embeddings in many languages (MTEB).</source>
        <translation>{points} puntos en una prueba de embeddings en muchos idiomas (MTEB).</translation>
    </message>
    <message>
        <source>{points} points in {n} published test results.</source>
        <translation>{points} puntos en {n} resultados de pruebas publicados.</translation>
    </message>
    <message>
        <source>needs {size} more free memory: other programs could be closed</source>
        <translation>necesita {size} más de memoria libre: se podrían cerrar otros programas</translation>
    </message>
    <message>
        <source>needs {size} more memory than is free here</source>
        <translation>necesita {size} más de memoria de la que hay libre aquí</translation>
    </message>
    <message>
        <source>needs {size} more memory on the graphics card</source>
        <translation>necesita {size} más de memoria en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>could be as slow as {rate} tokens/s here</source>
        <translation>podría ir aquí a solo {rate} tokens/s</translation>
    </message>
    <message>
        <source>The nearest, {name}, {needs}.</source>
        <translation>El más cercano, {name}, {needs}.</translation>
    </message>
    <message>
        <source>Fits this computer: {name} ({size}). How fast it is has to be measured.</source>
        <translation>Cabe en este equipo: {name} ({size}). Falta medir a qué velocidad iría.</translation>
    </message>
    <message>
        <source>Suits this computer: {name} ({size}), {rate}</source>
        <translation>Adecuado para este equipo: {name} ({size}), {rate}</translation>
    </message>
    <message>
        <source>reads about {low} to {high}{space}tokens/s</source>
        <translation>lee unos {low} a {high}{space}tokens/s</translation>
    </message>
    <message>
        <source>Licence not known here: it should be read before use</source>
        <translation>Licencia desconocida aquí: conviene leerla antes de usarlo</translation>
    </message>
    <message>
        <source>Restricted licence ({name}): {why}</source>
        <translation>Licencia con restricciones ({name}): {why}</translation>
    </message>
    <message>
        <source>a policy of prohibited uses goes with it</source>
        <translation>incluye una lista de usos prohibidos</translation>
    </message>
    <message>
        <source>a policy of acceptable use goes with it</source>
        <translation>incluye una política de uso aceptable</translation>
    </message>
    <message>
        <source>a policy of acceptable use goes with it, and very large companies need another licence</source>
        <translation>incluye una política de uso aceptable, y las empresas muy grandes necesitan otra licencia</translation>
    </message>
    <message>
        <source>commercial use needs another licence</source>
        <translation>el uso comercial requiere otra licencia</translation>
    </message>
    <message>
        <source>commercial use is limited by revenue</source>
        <translation>el uso comercial está limitado por los ingresos</translation>
    </message>
</context>
<context>
    <name>sensor_text</name>
    <message>
        <source>Temperature of the processor</source>
        <translation>Temperatura del procesador</translation>
    </message>
    <message>
        <source>Clock of the processor</source>
        <translation>Reloj del procesador</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Swap</translation>
    </message>
    <message>
        <source>Swap traffic</source>
        <translation>Tráfico de swap</translation>
    </message>
    <message>
        <source>Room on the disk</source>
        <translation>Espacio en el disco</translation>
    </message>
    <message>
        <source>Traffic of the disks</source>
        <translation>Tráfico de los discos</translation>
    </message>
    <message>
        <source>Battery</source>
        <translation>Batería</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Tarjeta gráfica</translation>
    </message>
    <message>
        <source>How busy the graphics card is</source>
        <translation>Ocupación de la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Memory in use on the graphics card</source>
        <translation>Memoria en uso en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Temperature of the graphics card</source>
        <translation>Temperatura de la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Power of the graphics card</source>
        <translation>Potencia de la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Clock of the graphics card</source>
        <translation>Reloj de la tarjeta gráfica</translation>
    </message>
    <message>
        <source>What slows the graphics card down</source>
        <translation>Qué frena a la tarjeta gráfica</translation>
    </message>
    <message>
        <source>There is none.</source>
        <translation>No hay.</translation>
    </message>
    <message>
        <source>This system does not count it, or not for this program.</source>
        <translation>Este sistema no lo cuenta, o no para este programa.</translation>
    </message>
    <message>
        <source>This system tells it to no program of a plain user.</source>
        <translation>Este sistema no lo dice a los programas de un usuario corriente.</translation>
    </message>
    <message>
        <source>No sensor is to be seen, as in most virtual machines and containers.</source>
        <translation>No se ve ningún sensor, como en la mayoría de las máquinas virtuales y contenedores.</translation>
    </message>
    <message>
        <source>The folder of the models cannot be reached.</source>
        <translation>No se llega a la carpeta de los modelos.</translation>
    </message>
    <message>
        <source>The engine can use none here, and no driver tells of one.</source>
        <translation>El motor no puede usar ninguna aquí y ningún controlador habla de una.</translation>
    </message>
    <message>
        <source>Its driver does not tell. NVIDIA&apos;s does on most cards, others do not yet.</source>
        <translation>Su controlador no lo dice. El de NVIDIA lo dice en la mayoría de las tarjetas; otros, todavía no.</translation>
    </message>
</context>
<context>
    <name>source_words</name>
    <message>
        <source>Load a model to compute it.</source>
        <translation>Para calcularlo hay que cargar un modelo.</translation>
    </message>
    <message>
        <source>Compute it now</source>
        <translation>Calcular ahora</translation>
    </message>
    <message>
        <source>{model} is loaded now, another model.</source>
        <translation>Ahora está cargado otro modelo: {model}.</translation>
    </message>
    <message>
        <source>Compute its figures anyway</source>
        <translation>Calcular sus cifras de todos modos</translation>
    </message>
    <message>
        <source>{model} wrote this, and how likely its tokens were was not recorded.</source>
        <translation>Lo escribió {model}, y no se registró la probabilidad de sus tokens.</translation>
    </message>
    <message>
        <source>{model} wrote this. The figures are those of {judge}, computed afterwards for the same text.</source>
        <translation>Lo escribió {model}. Las cifras son de {judge}, calculadas después para el mismo texto.</translation>
    </message>
    <message>
        <source>Recorded while {model} wrote it.</source>
        <translation>Registrado mientras {model} lo escribía.</translation>
    </message>
    <message>
        <source>Computed afterwards by {model}, which wrote it.</source>
        <translation>Calculado después por {model}, que lo escribió.</translation>
    </message>
    <message>
        <source>No model is loaded to go on with.</source>
        <translation>No hay ningún modelo cargado con el que continuar.</translation>
    </message>
    <message>
        <source>These are tokens of {model}. Load it to go on from one of them.</source>
        <translation>Estos tokens son de {model}. Para continuar desde uno de ellos hay que cargarlo.</translation>
    </message>
</context>
<context>
    <name>state_text</name>
    <message>
        <source>A part of it is missing, so it cannot be used. Fetch or import it again.</source>
        <translation>Le falta una parte y no se puede usar. Hay que volver a descargarlo o importarlo.</translation>
    </message>
    <message>
        <source>A file that belongs to it is missing: {name}.</source>
        <translation>Falta un archivo que le pertenece: {name}.</translation>
    </message>
    <message>
        <source>The file was written to since it was recorded. Before it is loaded, it is read and compared.</source>
        <translation>Se escribió en el archivo después de registrarlo. Antes de cargarlo se lee y se compara.</translation>
    </message>
    <message>
        <source>It failed its trial: {reason} It is tried again when it is loaded.</source>
        <translation>No superó su prueba: {reason} Se vuelve a probar al cargarlo.</translation>
    </message>
    <message>
        <source>verified on {day}</source>
        <translation>verificado el {day}</translation>
    </message>
    <message>
        <source>not verified yet</source>
        <translation>aún sin verificar</translation>
    </message>
    <message>
        <source>from {repo}</source>
        <translation>de {repo}</translation>
    </message>
    <message>
        <source>licence {name}</source>
        <translation>licencia {name}</translation>
    </message>
    <message>
        <source>loaded in a way of its own</source>
        <translation>se carga a su manera</translation>
    </message>
    <message>
        <source>All {size} were read for the first time. A later change to them will be noticed.</source>
        <translation>Se leyeron los {size} por primera vez. Un cambio posterior se notará.</translation>
    </message>
    <message>
        <source>Verified: all {size} were read, and they are what was recorded.</source>
        <translation>Verificado: se leyeron los {size} y son lo que se registró.</translation>
    </message>
    <message>
        <source>{name} has other content than was recorded, so it is not loaded. {advice}</source>
        <translation>{name} tiene otro contenido que el registrado, así que no se carga. {advice}</translation>
    </message>
    <message>
        <source>{name} is missing. {advice}</source>
        <translation>Falta {name}. {advice}</translation>
    </message>
    <message>
        <source>{name} could not be read: the disk or its rights are at fault.</source>
        <translation>No se pudo leer {name}: falla el disco o faltan permisos.</translation>
    </message>
    <message>
        <source>Fetch or import it again, or remove it.</source>
        <translation>Se puede volver a descargar o importar, o quitar.</translation>
    </message>
    <message>
        <source>This is the newest version: {repo} offers the same file.</source>
        <translation>Es la versión más nueva: {repo} ofrece el mismo archivo.</translation>
    </message>
    <message>
        <source>{repo} offers a newer version, {size}. It takes the place of this one.</source>
        <translation>{repo} ofrece una versión más nueva, de {size}. Ocupa el lugar de esta.</translation>
    </message>
    <message>
        <source>{repo} offers a newer version, {size}. It is fetched into the models folder, and this one stays.</source>
        <translation>{repo} ofrece una versión más nueva, de {size}. Se descarga en la carpeta de modelos y esta se queda.</translation>
    </message>
    <message>
        <source>{repo} has changed since. Whether this file has, is known once it was verified.</source>
        <translation>{repo} ha cambiado desde entonces. Si este archivo también, se sabrá al verificarlo.</translation>
    </message>
    <message>
        <source>{repo} does not offer {name} any more. The file here can still be used.</source>
        <translation>{repo} ya no ofrece {name}. El archivo que hay aquí se puede seguir usando.</translation>
    </message>
    <message>
        <source>Its files are deleted from the disk ({n}, {size} in all).</source>
        <translation>Sus archivos se borran del disco ({n}, {size} en total).</translation>
    </message>
    <message>
        <source>Its file is deleted from the disk ({size}).</source>
        <translation>Su archivo se borra del disco ({size}).</translation>
    </message>
    <message>
        <source>That frees {size}. It cannot be undone.</source>
        <translation>Eso libera {size}. No se puede deshacer.</translation>
    </message>
    <message>
        <source>That frees {size}: the rest has a second name elsewhere (hard link) and stays there.</source>
        <translation>Eso libera {size}: el resto tiene un segundo nombre en otro lugar (enlace físico) y sigue allí.</translation>
    </message>
    <message>
        <source>Nothing is deleted, and nothing is freed.</source>
        <translation>No se borra nada y no se libera espacio.</translation>
    </message>
    <message>
        <source>What is not the app&apos;s own stays where it is: {paths}</source>
        <translation>Lo que no es de la aplicación se queda donde está: {paths}</translation>
    </message>
    <message>
        <source>What another model uses too stays: {paths}</source>
        <translation>Lo que también usa otro modelo se queda: {paths}</translation>
    </message>
</context>
<context>
    <name>surprise</name>
    <message>
        <source>probability {share}</source>
        <extracomment>The log-probability of the piece at a place; None where it is not known.</extracomment>
        <translation>probabilidad {share}</translation>
    </message>
</context>
</TS>
